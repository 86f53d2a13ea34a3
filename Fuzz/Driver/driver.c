#include "driver.h"

#include <stddef.h>
#include <stdint.h>

// libFuzzer's own, and what the fuzzer defines.
int LLVMFuzzerRunDriver(int *, char ***, int (*)(const uint8_t *, size_t));
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define ENTRY(name)                                                                            \
    int name(int argument_count, char **arguments) {                                           \
        return LLVMFuzzerRunDriver(&argument_count, &arguments, LLVMFuzzerTestOneInput);       \
    }

STREAMD_FUZZ_ENTRIES
