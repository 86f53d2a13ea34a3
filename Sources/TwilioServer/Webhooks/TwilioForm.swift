/// A webhook's parameters by name; of a repeated one the first counts.
struct TwilioForm {
    let fields: [(name: String, value: String)]

    init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// Twilio's names of things, and addresses, are far shorter; they are kept and logged.
    static let nameCharactersMax = 256
    private static let names: Set<String> = [
        "AccountSid", "CallSid", "CallStatus", "From", "MessageSid", "MessageStatus", "SmsSid",
        "To",
    ]

    /// The first name or address that can't be one.
    var overlongField: String? {
        fields.first {
            Self.names.contains($0.name) && $0.value.utf8.count > Self.nameCharactersMax
        }?.name
    }

    /// The first name or address that no XML could hold, and that nobody has.
    var unprintableField: String? {
        fields.first { field in
            Self.names.contains(field.name)
                && field.value.unicodeScalars.contains {
                    $0.properties.generalCategory == .control
                        || (0xFFFE...0xFFFF).contains($0.value)
                }
        }?.name
    }

    subscript(name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
}
