# The kernels for the instruction set <(isa): a static library, or nothing where sources.json does not have it for this
# architecture.
{
  'type': '<!(node -p "require(\'./native/sources.json\').kernels.instructionSets.<(isa)?.architectures.includes(\'<(target_arch)\') ? \'static_library\' : \'none\'")',
  'sources': ['<!(node -p "require(\'./native/sources.json\').kernels.source")'],
  'include_dirs': ['.'],
  'defines': ['<!(node -p "require(\'./native/sources.json\').kernels.instructionSets.<(isa)?.define ?? \'SAMEBITS_ISA_NONE\'")'],
  'cflags_cc': [
    '<!@(node -p "require(\'./native/sources.json\').kernels.flags.join(\' \')")',
    '<!@(node -p "require(\'./native/sources.json\').kernels.instructionSets.<(isa)?.flags.join(\' \') ?? \'\'")',
  ],
  'xcode_settings': {
    'OTHER_CPLUSPLUSFLAGS': [
      '<!@(node -p "require(\'./native/sources.json\').kernels.flags.join(\' \')")',
      '<!@(node -p "require(\'./native/sources.json\').kernels.instructionSets.<(isa)?.flags.join(\' \') ?? \'\'")',
    ],
  },
}
