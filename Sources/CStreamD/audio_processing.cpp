#include "streamd_audio_processing.h"

#include <cstring>
#include <memory>
#include <new>

#include "webrtc/common.h"
#include "webrtc/modules/audio_processing/include/audio_processing.h"
#include "webrtc/modules/interface/module_common_types.h"

using webrtc::AudioFrame;
using webrtc::AudioProcessing;

struct streamd_audio_processor {
    std::unique_ptr<AudioProcessing> library;
    AudioFrame frame;  // of 7.5 KiB: kept, so that no call builds one
    bool echo = false;
    int delay_ms = 0;
};

namespace {

// Remembers the first option that was refused.
class Setup {
public:
    void check(int result, const char *name) {
        if (result != AudioProcessing::kNoError && code_ == 0) {
            code_ = result;
            name_ = name;
        }
    }
    int32_t code() const { return code_; }
    const char *name() const { return name_; }

private:
    int code_ = 0;
    const char *name_ = "";
};

void set_gain(Setup &setup, AudioProcessing &library, const streamd_audio_options &options) {
    auto *gain = library.gain_control();
    setup.check(
        gain->set_mode(
            options.gain_mode == 1 ? webrtc::GainControl::kAdaptiveDigital
                                   : webrtc::GainControl::kFixedDigital),
        "the gain mode");
    setup.check(gain->set_target_level_dbfs(options.gain_target_dbfs), "the gain's target level");
    setup.check(
        gain->set_compression_gain_db(options.gain_compression_db), "the compression gain");
    setup.check(gain->enable_limiter(options.gain_limiter), "the limiter");
    setup.check(gain->Enable(true), "automatic gain control");
}

void set_echo(Setup &setup, AudioProcessing &library, const streamd_audio_options &options) {
    if (options.echo_mode == 1) {
        auto *echo = library.echo_cancellation();
        setup.check(echo->enable_drift_compensation(false), "drift compensation");
        setup.check(
            echo->set_suppression_level(
                static_cast<webrtc::EchoCancellation::SuppressionLevel>(options.echo_suppression)),
            "the echo suppression level");
        setup.check(echo->Enable(true), "echo cancellation");
    } else {
        auto *echo = library.echo_control_mobile();
        setup.check(
            echo->set_routing_mode(
                static_cast<webrtc::EchoControlMobile::RoutingMode>(options.echo_suppression)),
            "the echo routing mode");
        setup.check(echo->enable_comfort_noise(false), "comfort noise");
        setup.check(echo->Enable(true), "mobile echo control");
    }
}

void set_all(Setup &setup, AudioProcessing &library, const streamd_audio_options &options) {
    const int rate = options.sample_rate_hz;
    setup.check(
        library.Initialize(
            rate, rate, rate, AudioProcessing::kMono, AudioProcessing::kMono,
            AudioProcessing::kMono),
        "the sample rate");
    setup.check(library.high_pass_filter()->Enable(options.high_pass), "the high-pass filter");
    if (options.noise_suppression > 0) {
        auto *noise = library.noise_suppression();
        setup.check(
            noise->set_level(
                static_cast<webrtc::NoiseSuppression::Level>(options.noise_suppression - 1)),
            "the noise suppression level");
        setup.check(noise->Enable(true), "noise suppression");
    }
    if (options.gain_mode != 0) set_gain(setup, library, options);
    if (options.echo_mode != 0) set_echo(setup, library, options);
}

void load(AudioFrame &frame, const int16_t *samples, int rate) {
    frame.samples_per_channel_ = static_cast<size_t>(rate / 100);
    frame.sample_rate_hz_ = rate;
    frame.num_channels_ = 1;
    std::memcpy(frame.data_, samples, frame.samples_per_channel_ * sizeof(int16_t));
}

}  // namespace

extern "C" streamd_audio_processor *streamd_audio_create(
    const streamd_audio_options *options, int32_t *code, const char **option) {
    std::unique_ptr<streamd_audio_processor> processor(new (std::nothrow) streamd_audio_processor);
    webrtc::Config config;
    // The long filter covers 128 ms instead of 48: telephone echoes arrive late.
    config.Set<webrtc::ExtendedFilter>(new webrtc::ExtendedFilter(options->echo_mode == 1));
    config.Set<webrtc::DelayAgnostic>(
        new webrtc::DelayAgnostic(options->echo_mode == 1 && options->echo_delay_agnostic));
    // The experimental gain control drives a microphone's analogue gain; there is none here.
    config.Set<webrtc::ExperimentalAgc>(new webrtc::ExperimentalAgc(false));
    if (processor) processor->library.reset(AudioProcessing::Create(config));
    if (!processor || !processor->library) {
        *code = AudioProcessing::kCreationFailedError;
        *option = "to start";
        return nullptr;
    }
    Setup setup;
    set_all(setup, *processor->library, *options);
    *code = setup.code();
    *option = setup.name();
    if (setup.code() != 0) return nullptr;
    processor->echo = options->echo_mode != 0;
    processor->delay_ms = options->echo_delay_ms;
    processor->frame.sample_rate_hz_ = options->sample_rate_hz;
    if (options->echo_mode == 2) {
        // The mobile canceller allocates with its first frame; let that be now, and of silence.
        int16_t silence[160] = {0};
        streamd_audio_analyse(processor.get(), silence);
        streamd_audio_process(processor.get(), silence);
    }
    return processor.release();
}

extern "C" void streamd_audio_destroy(streamd_audio_processor *processor) { delete processor; }

extern "C" int32_t streamd_audio_process(streamd_audio_processor *processor, int16_t *samples) {
    auto &frame = processor->frame;
    load(frame, samples, frame.sample_rate_hz_);
    if (processor->echo) processor->library->set_stream_delay_ms(processor->delay_ms);
    const int result = processor->library->ProcessStream(&frame);
    if (result == AudioProcessing::kNoError) {
        std::memcpy(samples, frame.data_, frame.samples_per_channel_ * sizeof(int16_t));
    }
    return result;
}

extern "C" int32_t streamd_audio_analyse(
    streamd_audio_processor *processor, const int16_t *samples) {
    load(processor->frame, samples, processor->frame.sample_rate_hz_);
    return processor->library->AnalyzeReverseStream(&processor->frame);
}
