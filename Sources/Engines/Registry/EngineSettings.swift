import Options

/// One entry of `stt`, `llm` or `tts`: which engine, with its own keys, and how long it may take.
public struct EngineSettings: Sendable, Equatable {
    /// The vendor's settings, which know what engine they are of.
    package var own: any VendorSettings
    public var times = EngineTimes()
    /// Where it was read; says nothing of what it means.
    package var source: EngineSource?

    package init(_ own: any VendorSettings) { self.own = own }

    /// As the configuration names it.
    public var engine: String { type(of: own).engineName }

    /// It says or hears what its entry says, whatever it is given.
    package var isCanned: Bool { type(of: own).isCanned }
    package var stage: EngineStage { type(of: own).stage }
    package var patience: Patience { times.patience(stage) }

    /// The keys of an engine behind a network; nil, and not to be set, for another.
    package var remote: RemoteKeys? {
        get { (own as? any RemoteSettings)?.remote }
        set {
            guard var remote = own as? any RemoteSettings, let newValue else {
                preconditionFailure("\(engine) is an engine of this process")
            }
            remote.remote = newValue
            own = remote
        }
    }

    /// The keys of a language model; nil for another engine.
    package var modelKeys: LanguageModelKeys? { (own as? any LanguageModelSettings)?.modelKeys }

    /// A key of a vendor, for who knows that the entry is the vendor's.
    package subscript<Own: VendorSettings, Value>(_ path: WritableKeyPath<Own, Value>) -> Value {
        get { typed(Own.self)[keyPath: path] }
        set {
            var changed = typed(Own.self)
            changed[keyPath: path] = newValue
            own = changed
        }
    }

    private func typed<Own: VendorSettings>(_ type: Own.Type) -> Own {
        guard let own = own as? Own else {
            preconditionFailure("an entry of \(engine) is not one of \(Own.engineName)")
        }
        return own
    }

    public static func == (a: EngineSettings, b: EngineSettings) -> Bool {
        a.times == b.times && a.own.isEqual(b.own)
    }
}
