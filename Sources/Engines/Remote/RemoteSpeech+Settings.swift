import Options

extension ConfigurationOption where Root: TextToSpeechSettings {
    /// The row of a synthesiser behind a network that bounds what is asked of it.
    static func requestsMax(_ path: WritableKeyPath<Root, Int>) -> Self {
        .integer(
            "requestsMax", path, 1...10_000,
            "Sentences synthesised at once before one is refused.")
    }
}

extension EngineContext {
    /// Speech that comes over HTTP by the protocol of a vendor.
    func speech(_ wire: some SpeechWire, requestsMax: Int) -> RemoteSpeech {
        RemoteSpeech(
            wire, options: speechOptions(requestsMax: requestsMax), clients: remote.clients,
            loop: remote.loop)
    }

    func speechOptions(requestsMax: Int) -> RemoteSpeechOptions {
        var options = RemoteSpeechOptions()
        options.requestsMax = requestsMax
        options.playoutMsMax = playoutMsMax
        options.resampler = resampler
        return options
    }
}
