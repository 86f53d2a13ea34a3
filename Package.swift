// swift-tools-version: 6.2
import PackageDescription

// The tree is laid out in docs/architecture.md. Imports point one way, downwards in the list below.

/// Every Swift target is held to the same rules: language mode 6, warnings are errors, spans may be returned.
let rules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // A debug build traps on a broken invariant; one with STREAMD_CHECKED=1 does so in release too.
    Context.environment["STREAMD_CHECKED"] == "1"
        ? .define("STREAMD_CHECKED") : .define("STREAMD_CHECKED", .when(configuration: .debug)),
    .treatAllWarnings(as: .error),
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A target of Swift code in the given folder.
func library(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil,
    exclude: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: exclude,
        swiftSettings: rules)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: rules)
}

/// A C library of the system, found by pkg-config where it has a `.pc` file.
func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let systemLibraries: [Target] = [
    system("CUV", pkgConfig: "libuv", apt: "libuv1-dev"),
    system("CHTTPParser", apt: "libhttp-parser-dev"),
    system("CWslay", apt: "libwslay-dev"),
    system("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
    system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    system("CSampleRate", pkgConfig: "samplerate", apt: "libsamplerate0-dev"),
    system("CSndfile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
    system("COgg", pkgConfig: "ogg", apt: "libogg-dev"),
    system("COpus", pkgConfig: "opus", apt: "libopus-dev"),
    system("CMpg123", pkgConfig: "libmpg123", apt: "libmpg123-dev"),
    // Built by scripts/setup where the system has none.
    system("CWhisper", pkgConfig: "whisper", apt: "libwhisper-dev"),
    system("CFlite", apt: "flite1-dev"),
    system("CEspeak", pkgConfig: "espeak-ng", apt: "libespeak-ng-dev"),
    system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    system("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
    system("CHiredis", apt: "libhiredis-dev"),
    system("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
]

let package = Package(
    name: "streamd",
    products: [
        .executable(name: "streamd", targets: ["StreamD"]),
        .executable(name: "streamd-bench", targets: ["streamd-bench"]),
        .executable(name: "streamd-sim", targets: ["streamd-sim"]),
    ],
    targets: systemLibraries + [
        // What Swift cannot import or express: variadic and macro C APIs, C++, vector kernels.
        .target(
            name: "CStreamD", dependencies: ["CCurl", "COpenSSL"],
            cxxSettings: [
                // The package's own .pc file has defines that the package manager refuses.
                .unsafeFlags(["-isystem", "/usr/include/webrtc_audio_processing"]),
                .define("WEBRTC_POSIX"), .define("WEBRTC_AUDIO_PROCESSING_ONLY_BUILD"),
            ],
            linkerSettings: [.linkedLibrary("webrtc_audio_processing"), .linkedLibrary("stdc++")]),

        library("Realtime", ["CStreamD"]),
        // JSON, Base64, digests, forms and addresses: text as it stands on a wire.
        library("Wire", ["COpenSSL"]),
        library(
            "DSP",
            ["Realtime", "CStreamD", "CSampleRate", "CSndfile", "COgg", "COpus", "CMpg123"]),
        library("VAD", ["DSP", "Wire", "Realtime", "CStreamD"]),
        library(
            "Net",
            [
                "Wire", "Realtime", "CStreamD", "CUV", "CHTTPParser", "CWslay", "COpenSSL", "CCurl",
            ]),
        library("Store", ["Realtime", "CSQLite", "CPostgres", "CHiredis"]),
        library("Twilio", ["Net", "Wire", "DSP", "Realtime"]),
        // What depends on a natural language: what is understood, what is said, the calendar.
        library("Language", []),
        // The conversation core: stages, turns, playout, chains of engines.
        library("Pipelines", ["Language", "VAD", "DSP", "Wire", "Realtime"]),
        // Rows of configuration, and YAML with its places.
        library("Options", ["CYAML"]),
        library(
            "Engines",
            [
                "Pipelines", "Options", "Language", "DSP", "Net", "Wire", "Realtime", "CWhisper",
                "CFlite", "CEspeak",
            ]),
        library("Assistants", ["Pipelines", "Language", "Store", "Net", "Wire", "Realtime"]),
        // A call, whatever carries it: sessions, commands, events, taps.
        library("Calls", ["Pipelines", "DSP", "Wire", "Realtime"]),
        library("Telemetry", ["Calls", "Pipelines", "Store", "Net", "Wire", "Realtime"]),
        library(
            "Configuration",
            [
                "Engines", "Options", "Telemetry", "Assistants", "Pipelines", "Language", "Twilio",
                "Store", "VAD", "Net", "Wire",
            ]),
        // The words behind a program's name.
        library("CommandArguments", []),
        // What a configuration stands for, made: assistants, engines and chains, conversations.
        library(
            "Assembly",
            [
                "Configuration", "Options", "Telemetry", "Calls", "Assistants", "Engines",
                "Pipelines", "Language", "Store", "VAD", "DSP", "Net", "Wire", "Realtime",
            ]),
        // Twilio's ways in: streams, webhooks, calls by <Gather>, messages.
        library(
            "TwilioServer",
            [
                "Assembly", "Configuration", "Telemetry", "Calls", "Assistants", "Pipelines",
                "Language", "Twilio", "Store", "DSP", "Net", "Wire", "Realtime",
            ]),
        // Everything of the daemon but its command line, so that tests can run it in their process.
        library(
            "Daemon",
            [
                "TwilioServer", "Assembly", "Configuration", "Options", "Telemetry", "Calls",
                "Assistants", "Engines", "Pipelines", "Language", "Twilio", "Store", "Net", "Wire",
                "Realtime",
            ]),
        // What the command line does besides serving.
        library(
            "Operations",
            [
                "Daemon", "TwilioServer", "Assembly", "Configuration", "Options", "Telemetry",
                "Assistants", "Engines", "Pipelines", "Language", "Twilio", "Store", "VAD", "DSP",
                "Net", "Wire", "Realtime",
            ]),
        .executableTarget(
            name: "StreamD",
            dependencies: [
                "Operations", "Daemon", "Assembly", "CommandArguments", "Configuration", "Options",
                "Telemetry", "Assistants", "Engines", "Pipelines", "Store", "DSP", "Net",
            ],
            swiftSettings: rules),

        // Whole calls on a settable clock, for tests and for `make sim`.
        library(
            "StreamTesting",
            ["TestSupport", "Calls", "Pipelines", "Language", "VAD", "DSP", "Net", "Realtime"],
            path: "Testing/StreamTesting"),
        .executableTarget(
            name: "streamd-sim",
            dependencies: [
                "CommandArguments", "TestSupport", "StreamTesting", "CallSimulator", "Pipelines",
                "Language", "Engines", "VAD", "DSP", "Realtime",
            ],
            path: "Benchmarks/streamd-sim", swiftSettings: rules),

        // Twilio's side of a call, for tests, demo and benchmarks.
        library(
            "CallSimulator", ["TestSupport", "Twilio", "Net", "Wire", "DSP", "Realtime"],
            path: "Testing/CallSimulator"),
        // Speech to text, language model and text to speech for tests and benchmarks.
        library(
            "ServiceStandIns",
            [
                "TestSupport", "CallSimulator", "Assistants", "Engines", "Pipelines", "Language",
                "Net", "Wire", "DSP", "Realtime",
            ],
            path: "Testing/ServiceStandIns", exclude: ["README.md"]),
        // Servers of databases that tests and benchmarks start for themselves.
        library("PrivateServers", [], path: "Testing/PrivateServers"),
        .executableTarget(
            name: "streamd-bench",
            dependencies: [
                "TestSupport", "CallSimulator", "ServiceStandIns", "PrivateServers", "Assistants",
                "Conversations", "Daemon", "Assembly", "CommandArguments", "Configuration",
                "Options", "Telemetry", "Engines", "Language", "Pipelines", "Twilio", "Store",
                "VAD", "DSP",
                "Net", "Wire", "Realtime", "CAllocationCounter", "CEchoFloor",
            ],
            path: "Benchmarks/streamd-bench",
            swiftSettings: rules),

        // Written conversations, and what holds them by text.
        library(
            "Conversations",
            [
                "Daemon", "Assembly", "Configuration", "Options", "Assistants", "Engines",
                "Pipelines", "Language", "Store", "Net",
            ], path: "Testing/Conversations"),
        // What the tests of all targets share.
        library("TestSupport", [], path: "Testing/TestSupport"),
        // What fuzzers and tests hold against damaged bytes.
        library("FuzzChecks", ["Net", "Wire"], path: "Testing/FuzzChecks"),

        // Replaces malloc by one that counts; only for tests and benchmarks.
        .target(name: "CAllocationCounter", path: "Benchmarks/CAllocationCounter"),
        .target(name: "CEchoFloor", path: "Benchmarks/CEchoFloor"),

        tests("RealtimeTests", ["Realtime", "TestSupport"]),
        tests("WireTests", ["Wire", "FuzzChecks", "TestSupport"]),
        tests("DSPTests", ["DSP", "Wire", "TestSupport", "CAllocationCounter"]),
        tests("VADTests", ["VAD", "DSP", "TestSupport"]),
        tests("NetTests", ["Net", "Wire", "FuzzChecks", "TestSupport", "CAllocationCounter"]),
        tests(
            "StoreTests", ["Store", "PrivateServers", "StreamTesting", "TestSupport", "Realtime"]),
        tests(
            "TwilioTests", ["Twilio", "Wire", "TestSupport", "CAllocationCounter"],
            exclude: ["Vectors"]),
        tests(
            "CallSimulatorTests",
            [
                "CallSimulator", "Twilio", "Net", "Wire", "DSP", "Realtime", "TestSupport",
                "CAllocationCounter",
            ]),
        tests(
            "ServiceStandInsTests",
            [
                "ServiceStandIns", "CallSimulator", "Assistants", "Engines", "Pipelines",
                "Language", "Twilio", "Store", "Net", "Wire", "DSP", "TestSupport",
            ]),
        tests("LanguageTests", ["Language"]),
        tests(
            "PipelinesTests",
            [
                "Pipelines", "Language", "Engines", "StreamTesting", "Net", "Wire", "DSP",
                "Realtime", "TestSupport", "CAllocationCounter",
            ]),
        tests(
            "EnginesTests",
            [
                "Engines", "Pipelines", "Language", "StreamTesting", "Net", "Wire", "DSP",
                "Realtime", "TestSupport", "CAllocationCounter",
            ]),
        tests("StreamTestingTests", ["StreamTesting", "DSP"]),
        tests(
            "CallsTests",
            [
                "Calls", "StreamTesting", "Pipelines", "Language", "DSP", "Realtime", "TestSupport",
                "CAllocationCounter",
            ]),
        tests(
            "AssistantsTests",
            [
                "Assistants", "StreamTesting", "Language", "Pipelines", "Store", "Net", "Wire",
                "Realtime", "TestSupport",
            ]),
        tests("CommandArgumentsTests", ["CommandArguments"]),
        tests(
            "DaemonTests",
            [
                "Operations", "Conversations", "Daemon", "TwilioServer", "Assembly",
                "Configuration", "Options", "Telemetry", "Calls", "Assistants", "Language",
                "Engines", "Pipelines", "VAD", "Net", "Realtime", "Store", "TestSupport",
            ]),
        tests("BenchTests", ["PrivateServers"]),
        tests(
            "EndToEndTests",
            [
                "Conversations", "Daemon", "Calls", "Configuration", "Options", "Telemetry",
                "Assistants", "Language", "Engines", "CallSimulator", "PrivateServers",
                "StreamTesting", "Pipelines", "Store",
                "Twilio", "Net", "Wire", "DSP", "Realtime", "TestSupport", "CAllocationCounter",
            ]),
    ],
    cxxLanguageStandard: .cxx17
)

// MARK: - Fuzzers

/// The fuzzers: a folder in Fuzz/ with a Swift file that has `LLVMFuzzerTestOneInput`, a `corpus`
/// and a `dictionary`; and what it imports. Another one needs its folder and a line here.
let fuzzers: [(name: String, dependencies: [Target.Dependency])] = [
    ("MediaStreams", ["Twilio", "Wire"]),
    ("Form", ["FuzzChecks"]),
    ("HTTP", ["FuzzChecks"]),
    ("JSON", ["FuzzChecks"]),
    ("YAML", ["Configuration", "Options", "Pipelines"]),
    ("Menu", ["Store"]),
    ("Webhooks", ["Daemon", "Configuration", "Telemetry", "Net"]),
]

// Only for scripts/fuzz: everything is then built for libFuzzer and ASan, and only the fuzzers link.
if Context.environment["STREAMD_FUZZ"] == "1" {
    let sanitizers = "-sanitize=fuzzer,address"
    for target in package.targets where target.type != .system {
        // The shim of the audio processor is C++ that no fuzzer reaches.
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags([sanitizers])]
        target.cSettings =
            (target.cSettings ?? []) + [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])]
    }
    package.targets.append(
        .target(
            name: "FuzzDriver", path: "Fuzz/Driver",
            cSettings: [
                .define(
                    "STREAMD_FUZZ_ENTRIES",
                    to: fuzzers.map { "ENTRY(Fuzz\($0.name)_main)" }.joined(separator: " "))
            ]))
    for fuzzer in fuzzers {
        package.products.append(
            .executable(name: "fuzz-\(fuzzer.name)", targets: ["Fuzz\(fuzzer.name)"]))
        package.targets.append(
            .executableTarget(
                name: "Fuzz\(fuzzer.name)", dependencies: fuzzer.dependencies + ["FuzzDriver"],
                path: "Fuzz/\(fuzzer.name)", exclude: ["corpus", "dictionary"],
                swiftSettings: rules + [.unsafeFlags([sanitizers, "-parse-as-library"])],
                linkerSettings: [.unsafeFlags([sanitizers])]))
    }
}

// MARK: - RealtimeSanitizer

// Only for scripts/test-rt: its value is the sanitizer's runtime. The compiler adds no
// instrumentation, since the realtime region is bracketed by hand; the runtime watches malloc, locks
// and system calls.
if let runtime = Context.environment["STREAMD_RTSAN"], !runtime.isEmpty {
    // The counter's malloc would take the place of the one that the runtime watches.
    for target in package.targets where target.name == "CAllocationCounter" {
        target.cSettings = [.define("STREAMD_SANITIZED")]
    }
    package.products.append(
        .executable(name: "realtime-check", targets: ["RealtimeCheck"]))
    package.targets.append(
        .executableTarget(
            name: "RealtimeCheck",
            dependencies: [
                "Daemon", "Configuration", "Telemetry", "CallSimulator", "Net", "Realtime",
            ],
            path: "Tests/RealtimeCheck", swiftSettings: rules,
            linkerSettings: [
                .unsafeFlags([
                    "-Xlinker", "--whole-archive", "-Xlinker", runtime,
                    "-Xlinker", "--no-whole-archive", "-lpthread", "-ldl", "-lrt", "-lm",
                    "-lstdc++",
                ])
            ]))
}
