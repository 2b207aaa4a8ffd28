# Builds build/Release/samebits.node with node-gyp, for machines without CMake. What is compiled, and with which flags,
# stands in native/sources.json alone; CMakeLists.txt reads the same file, and both builds must give the same bits.
{
  'target_defaults': {
    'includes': ['native/common.gypi'],
  },
  'targets': [
    { 'target_name': 'kernels_scalar', 'variables': {'isa': 'scalar'}, 'includes': ['native/kernels.gypi'] },
    { 'target_name': 'kernels_avx2', 'variables': {'isa': 'avx2'}, 'includes': ['native/kernels.gypi'] },
    { 'target_name': 'kernels_avx512', 'variables': {'isa': 'avx512'}, 'includes': ['native/kernels.gypi'] },
    { 'target_name': 'kernels_neon', 'variables': {'isa': 'neon'}, 'includes': ['native/kernels.gypi'] },
    { 'target_name': 'kernels_emulated1', 'variables': {'emulation': '1'}, 'includes': ['native/emulated.gypi'] },
    { 'target_name': 'kernels_emulated2', 'variables': {'emulation': '2'}, 'includes': ['native/emulated.gypi'] },
    { 'target_name': 'kernels_emulated3', 'variables': {'emulation': '3'}, 'includes': ['native/emulated.gypi'] },
    { 'target_name': 'kernels_emulated4', 'variables': {'emulation': '4'}, 'includes': ['native/emulated.gypi'] },
    { 'target_name': 'kernels_emulated5', 'variables': {'emulation': '5'}, 'includes': ['native/emulated.gypi'] },
    { 'target_name': 'kernels_emulated6', 'variables': {'emulation': '6'}, 'includes': ['native/emulated.gypi'] },
    { 'target_name': 'kernels_emulated7', 'variables': {'emulation': '7'}, 'includes': ['native/emulated.gypi'] },
    {
      'target_name': 'samebits',
      'dependencies': [
        'kernels_scalar', 'kernels_avx2', 'kernels_avx512', 'kernels_neon',
        'kernels_emulated1', 'kernels_emulated2', 'kernels_emulated3', 'kernels_emulated4', 'kernels_emulated5',
        'kernels_emulated6', 'kernels_emulated7',
      ],
      'sources': ['<!@(node -p "require(\'./native/sources.json\').sources.join(\' \')")'],
      'include_dirs': ['native', '<!(node -p "require(\'node-addon-api\').include_dir")'],
      'defines': ['<!@(node -p "require(\'./native/sources.json\').defines.join(\' \')")'],
      'cflags_cc': ['-fexceptions', '-frtti'],
      'xcode_settings': { 'GCC_ENABLE_CPP_EXCEPTIONS': 'YES', 'GCC_ENABLE_CPP_RTTI': 'YES' },
      'conditions': [
        ['OS=="linux"', {
          'ldflags': [
            '-pthread',
            '<!@(node -p "require(\'./native/sources.json\').linkFlags.linux.join(\' \')")',
            '-Wl,--version-script=<(module_root_dir)/native/exports.map',
          ],
        }],
      ],
    },
  ],
}
