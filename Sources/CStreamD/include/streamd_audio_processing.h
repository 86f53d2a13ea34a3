// A C face for the C++ audio processor of WebRTC (libwebrtc-audio-processing 0.3).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct streamd_audio_processor streamd_audio_processor;

typedef struct {
    int32_t sample_rate_hz;      // 8000 or 16000
    bool high_pass;
    int32_t noise_suppression;   // 0 off, 1 low, 2 moderate, 3 high, 4 very high
    int32_t gain_mode;           // 0 off, 1 adaptive, 2 fixed
    int32_t gain_target_dbfs;    // 0...31 below full scale
    int32_t gain_compression_db; // 0...90
    bool gain_limiter;
    int32_t echo_mode;           // 0 off, 1 full (AEC), 2 mobile (AECM)
    int32_t echo_suppression;    // AEC: 0...2; AECM: routing mode 0...4
    int32_t echo_delay_ms;       // from analysing the reference to its echo, 0...500
    bool echo_delay_agnostic;    // AEC finds the delay itself
} streamd_audio_options;

// NULL when an option was refused; then *code is the library's error and *option names it.
streamd_audio_processor *streamd_audio_create(
    const streamd_audio_options *options, int32_t *code, const char **option);
void streamd_audio_destroy(streamd_audio_processor *processor);

// One frame of 10 ms, in place. 0, or the library's error.
int32_t streamd_audio_process(streamd_audio_processor *processor, int16_t *samples);
// One frame of 10 ms of what is played to the far end of the echo path.
int32_t streamd_audio_analyse(streamd_audio_processor *processor, const int16_t *samples);

#ifdef __cplusplus
}
#endif
