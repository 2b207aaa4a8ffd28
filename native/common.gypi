# Flags of every target, from sources.json. What Node's own settings would add against them is taken away.
{
  'cflags!': ['-O1', '-O2', '-Os'],
  'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20', '-std=gnu++23'],
  'cflags_cc': [
    '-std=<!(node -p "require(\'./native/sources.json\').standard")',
    '<!@(node -p "require(\'./native/sources.json\').flags.join(\' \')")',
    '<!(node -p "require(\'./native/sources.json\').optimization")',
  ],
  'defines': ['NDEBUG'],
  'xcode_settings': {
    'CLANG_CXX_LANGUAGE_STANDARD': '<!(node -p "require(\'./native/sources.json\').standard")',
    'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
    'OTHER_CPLUSPLUSFLAGS': [
      '<!@(node -p "require(\'./native/sources.json\').flags.join(\' \')")',
      '<!(node -p "require(\'./native/sources.json\').optimization")',
    ],
  },
}
