#pragma once
#include <stddef.h>

// Vector kernels of the voice activity network. Pure functions on caller's memory: any thread, no
// allocation, no locks. The best instruction set of the running processor is chosen at each call, so
// one binary serves all.

// Rows of a packed matrix lie in blocks of this many: element (row, k) is at
// packed[(row / 16) * depth * 16 + k * 16 + row % 16].
#define STREAMD_VAD_BLOCK 16

// results[column * resultStride + row] = bias[row] + sum over k of
// packed(row, k) * inputs[column * inputStride + k], for 16 * blocks rows and 1, 2 or 4 columns;
// negative results become 0 if clamp is not 0. One column: blocks is a multiple of 4; two: of 2.
void streamd_vad_multiply(
    const float *packed, const float *bias, const float *inputs, size_t inputStride,
    float *results, size_t resultStride, size_t blocks, size_t depth, size_t columns, int clamp);

// One step of an LSTM cell of `size` units (a multiple of 16): gates are the 4 * size sums of the
// input, forget, cell and output gates, in this order; cell and hidden are updated.
void streamd_vad_lstm(const float *gates, float *cell, float *hidden, size_t size);

// Instruction set in use, for logs and benchmarks: "avx512", "avx2" or "baseline".
const char *streamd_vad_instruction_set(void);
