#include "streamd_vad.h"

// Sixteen floats at once: the compiler makes one, two or four registers of them, as the instruction
// set of the enclosing function has it.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef int int_lanes __attribute__((vector_size(64), aligned(4)));

// How vectors are passed differs between instruction sets; ours are never passed, as every function
// that takes one is inlined.
#pragma clang diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))

INLINE void store(float *results, lanes sums, int clamp) {
    if (clamp) sums = __builtin_elementwise_max(sums, (lanes){0});
    *(lanes *)results = sums;
}

// `rows` blocks times `columns` columns at once, both constants where it is inlined: enough sums in
// flight to hide the latency of a multiplication, few enough to stay in registers.
INLINE void tile(
    const float *packed, const float *bias, const float *inputs, size_t inputStride,
    float *results, size_t resultStride, size_t depth, size_t rows, size_t columns, int clamp) {
    lanes sums[4][4];
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            sums[row][column] = ((const lanes *)bias)[row];
    for (size_t k = 0; k < depth; k++) {
        for (size_t row = 0; row < rows; row++) {
            lanes weights = *(const lanes *)(packed + (row * depth + k) * STREAMD_VAD_BLOCK);
            for (size_t column = 0; column < columns; column++)
                sums[row][column] += weights * inputs[column * inputStride + k];
        }
    }
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            store(results + column * resultStride + row * STREAMD_VAD_BLOCK, sums[row][column],
                clamp);
}

INLINE void multiply(
    const float *packed, const float *bias, const float *inputs, size_t inputStride,
    float *results, size_t resultStride, size_t blocks, size_t depth, size_t columns, int clamp) {
    const size_t rows = columns == 1 ? 4 : columns == 2 ? 2 : 1;
    for (size_t block = 0; block < blocks; block += rows) {
        const float *weights = packed + block * depth * STREAMD_VAD_BLOCK;
        const float *start = bias + block * STREAMD_VAD_BLOCK;
        float *target = results + block * STREAMD_VAD_BLOCK;
        if (columns == 1)
            tile(weights, start, inputs, inputStride, target, resultStride, depth, 4, 1, clamp);
        else if (columns == 2)
            tile(weights, start, inputs, inputStride, target, resultStride, depth, 2, 2, clamp);
        else
            tile(weights, start, inputs, inputStride, target, resultStride, depth, 1, 4, clamp);
    }
}

// e to the power of x, to 2 ulp: x = n ln 2 + r, then the Taylor series of e^r (|r| <= 0.35) and n
// added to the exponent. Beyond +-87 the result is held at the ends of the normal numbers.
INLINE lanes exponential(lanes x) {
    const lanes high = (lanes){0} + 87.0f, low = (lanes){0} - 87.0f;
    x = __builtin_elementwise_max(__builtin_elementwise_min(x, high), low);
    // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number.
    lanes shifted = x * 1.44269504f + 12582912.0f;
    lanes whole = shifted - 12582912.0f;
    lanes r = x - whole * 0.693359375f + whole * 2.12194440e-4f;
    lanes series = (lanes){0} + 1.0f / 5040;
    series = series * r + 1.0f / 720;
    series = series * r + 1.0f / 120;
    series = series * r + 1.0f / 24;
    series = series * r + 1.0f / 6;
    series = series * r + 0.5f;
    series = series * r + 1.0f;
    series = series * r + 1.0f;
    int_lanes exponent = (__builtin_convertvector(whole, int_lanes) + 127) << 23;
    return series * (lanes)exponent;
}

INLINE lanes sigmoid(lanes x) { return 1.0f / (1.0f + exponential(-x)); }

INLINE lanes hyperbolic(lanes x) { return 2.0f / (1.0f + exponential(-2.0f * x)) - 1.0f; }

INLINE void lstm(const float *gates, float *cell, float *hidden, size_t size) {
    for (size_t unit = 0; unit < size; unit += STREAMD_VAD_BLOCK) {
        lanes input = *(const lanes *)(gates + unit);
        lanes forget = *(const lanes *)(gates + size + unit);
        lanes candidate = *(const lanes *)(gates + 2 * size + unit);
        lanes output = *(const lanes *)(gates + 3 * size + unit);
        lanes next = sigmoid(forget) * *(const lanes *)(cell + unit)
            + sigmoid(input) * hyperbolic(candidate);
        *(lanes *)(cell + unit) = next;
        *(lanes *)(hidden + unit) = sigmoid(output) * hyperbolic(next);
    }
}

#define VARIANT(name, attributes)                                                                  \
    attributes static void multiply_##name(                                                        \
        const float *packed, const float *bias, const float *inputs, size_t inputStride,           \
        float *results, size_t resultStride, size_t blocks, size_t depth, size_t columns,          \
        int clamp) {                                                                               \
        multiply(                                                                                  \
            packed, bias, inputs, inputStride, results, resultStride, blocks, depth, columns,      \
            clamp);                                                                                \
    }                                                                                              \
    attributes static void lstm_##name(                                                            \
        const float *gates, float *cell, float *hidden, size_t size) {                             \
        lstm(gates, cell, hidden, size);                                                           \
    }

VARIANT(baseline, )
#if defined(__x86_64__)
VARIANT(avx2, __attribute__((target("avx2,fma"))))
VARIANT(avx512, __attribute__((target("avx512f,avx512vl"))))

enum { BASELINE, AVX2, AVX512 };

static int instruction_set(void) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return AVX512;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? AVX2 : BASELINE;
}
#define CHOOSE(function, ...)                                                                      \
    switch (instruction_set()) {                                                                   \
    case AVX512: function##_avx512(__VA_ARGS__); break;                                            \
    case AVX2: function##_avx2(__VA_ARGS__); break;                                                \
    default: function##_baseline(__VA_ARGS__);                                                     \
    }
#else
#define CHOOSE(function, ...) function##_baseline(__VA_ARGS__);
#endif

void streamd_vad_multiply(
    const float *packed, const float *bias, const float *inputs, size_t inputStride,
    float *results, size_t resultStride, size_t blocks, size_t depth, size_t columns, int clamp) {
    CHOOSE(
        multiply, packed, bias, inputs, inputStride, results, resultStride, blocks, depth, columns,
        clamp)
}

void streamd_vad_lstm(const float *gates, float *cell, float *hidden, size_t size) {
    CHOOSE(lstm, gates, cell, hidden, size)
}

const char *streamd_vad_instruction_set(void) {
#if defined(__x86_64__)
    const char *names[] = {"baseline", "avx2", "avx512"};
    return names[instruction_set()];
#else
    return "baseline";
#endif
}
