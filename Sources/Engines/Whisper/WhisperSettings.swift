import CWhisper
import Foundation
import Options
import Pipelines

/// `whisper` in `stt`.
package struct WhisperSettings: SpeechToTextSettings {
    package static let engineName = "whisper"
    private static let usualModel = "tiny.en"
    package static let sample = "{engine: \(engineName), model: \(usualModel), threads: 1}"

    package var model = ""
    package var threads = 1
    package var workers = 0
    package var queueMax = 64
    package var language = "en"
    package var prompt = ""
    package var vocabularyMax = 0

    package init() {}

    package static let options: [ConfigurationOption<Self>] = [
        .text(
            "model", \.model, allowed: "name or path",
            "A ggml model by name (tiny.en, found in models.directory) or by path."),
        .integer("threads", \.threads, 1...64, "Threads of one decode."),
        .integer("workers", \.workers, 0...64, "Decodes at once; 0 means one a core."),
        .integer(
            "queueMax", \.queueMax, 1...10_000,
            "Utterances that may wait for a worker before one is refused."),
        .spokenLanguage(\.language),
        .expectedWords(\.prompt),
        .integer(
            "vocabularyMax", \.vocabularyMax, 0...200,
            "How many dishes, services or cities of the assistant are told as words to expect, beside "
                + "prompt."),
    ]

    private var chosenModel: String { model.isEmpty ? Self.usualModel : model }
    private var isPath: Bool { chosenModel.contains("/") || chosenModel.hasSuffix(".bin") }

    /// A name such as `tiny.en` stands for `ggml-tiny.en.bin` in the folder; a path for itself.
    private func path(_ path: (String) -> String) -> String {
        isPath ? chosenModel : path("ggml-\(chosenModel).bin")
    }

    package func weights(_ path: (String) -> String) -> [EngineWeights] {
        let file = self.path(path)
        let name = file.split(separator: "/").last.map(String.init)
        let known = KnownModel.all.first { "ggml-\($0.name).bin" == name }
        return [EngineWeights(path: file, pullName: known?.name, sha256: known?.sha256)]
    }

    package var faults: [EngineFault] {
        // Nothing, and "auto", are for the model to find out.
        guard !["en", "english", "", "auto"].contains(language) else { return [] }
        if chosenModel.hasSuffix(".en") || chosenModel.hasSuffix(".en.bin") {
            return [
                EngineFault(
                    key: "language",
                    message: "the model \(chosenModel) knows English only; write language: en, or "
                        + "take a model without .en")
            ]
        }
        guard !Self.languages.contains(language) else { return [] }
        return [
            EngineFault(
                key: "language",
                message:
                    "whisper knows no language '\(language)'; write a code of ISO 639-1 such as "
                    + "de")
        ]
    }

    /// Codes and English names, as whisper.cpp takes them.
    private static var languages: Set<String> {
        Set(
            (0...whisper_lang_max_id()).flatMap { id in
                [whisper_lang_str(id), whisper_lang_str_full(id)].compactMap {
                    $0.map { String(cString: $0) }
                }
            })
    }

    package func faults(in surroundings: EngineSurroundings) -> [EngineFault] {
        let path = path(surroundings.modelPath)
        guard !FileManager.default.fileExists(atPath: path) else { return [] }
        if isPath { return [EngineFault(key: "model", message: "\(path) is missing")] }
        let names = KnownModel.all.map(\.name)
        guard names.contains(chosenModel) else {
            return [
                EngineFault(
                    key: "model",
                    message: "there is no model '\(chosenModel)', and no \(path); choose one of "
                        + names.joined(separator: ", "))
            ]
        }
        return [
            EngineFault(
                key: "model",
                message: "\(path) is missing; run streamd model pull \(chosenModel)",
                isWarning: true)
        ]
    }

    package mutating func takeMachine() {
        workers = 1
        threads = max(threads, WorkerPool.coreCount)
    }

    package func make(_ context: EngineContext) throws -> any SpeechToText {
        var options = WhisperOptions(modelPath: path(context.modelPath))
        options.language = language
        options.prompt = prompt
        options.vocabularyMax = vocabularyMax
        options.workers = workers
        options.threads = threads
        options.queueMax = queueMax
        options.utteranceMsMax = context.utteranceMsMax
        return try WhisperEngine(options)
    }
}
