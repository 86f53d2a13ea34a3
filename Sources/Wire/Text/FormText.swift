/// Text as forms and queries carry it (WHATWG URL, application/x-www-form-urlencoded).
public enum FormText {
    /// `name=value&name=value`, both escaped. Allocates.
    public static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { URLText.escaped($0.name) + "=" + URLText.escaped($0.value) }
            .joined(separator: "&")
    }
}
