// The entry points of the fuzzers.
#pragma once

// The package manager makes an executable's `main` out of the function <module>_main, which Swift
// writes where there are top-level statements. A fuzzer has none: driver.c writes one for each module
// that Package.swift names in STREAMD_FUZZ_ENTRIES. It hands the command line to libFuzzer.
