#include "echo_floor.h"

#include <string.h>

void streamd_copy_floor(uint8_t *target, const uint8_t *source, size_t bytes, size_t count) {
    for (size_t index = 0; index < count; index += 1) {
        memcpy(target, source, bytes);
        // Whoever reads the target next might see each of the copies.
        __asm__ volatile("" : : "r"(target), "r"(source) : "memory");
    }
}
