# The scalar kernels on other hardware, emulated: a static library for the combination <(emulation); see arithmetic.h.
{
  'type': 'static_library',
  'sources': ['<!(node -p "require(\'./native/sources.json\').kernels.source")'],
  'include_dirs': ['.'],
  'defines': ['SAMEBITS_ISA_SCALAR', 'SAMEBITS_EMULATE=<(emulation)'],
  'cflags_cc': [
    '<!@(node -p "require(\'./native/sources.json\').kernels.flags.join(\' \')")',
    '<!@(node -p "require(\'./native/sources.json\').kernels.emulated.flags.join(\' \')")',
  ],
  'xcode_settings': {
    'OTHER_CPLUSPLUSFLAGS': [
      '<!@(node -p "require(\'./native/sources.json\').kernels.flags.join(\' \')")',
      '<!@(node -p "require(\'./native/sources.json\').kernels.emulated.flags.join(\' \')")',
    ],
  },
}
