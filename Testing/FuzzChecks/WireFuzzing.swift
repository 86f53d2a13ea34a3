import Wire

/// Entry points for fuzzers: raw bytes in, a trap when a promise is broken.
///
/// The promises: nothing crashes or reads beyond its input, limits hold, and what was written is read
/// back as it was.
package enum WireFuzzing {
    /// One input for the form fuzzer.
    package static func form(_ bytes: UnsafeRawBufferPointer) {
        let text = Array(bytes)
        for charset in [FormParser.Charset.utf8, .latin1] {
            guard
                let fields = try? FormParser.parse(text.span, fieldsMax: 16, charset: charset)
            else {
                precondition(text.count(where: { $0 == UInt8(ascii: "&") }) >= 16, "refused early")
                continue
            }
            precondition(fields.count <= 16, "too many fields")
            let again = try? FormParser.parse(
                Array(FormText.encode(fields).utf8).span, fieldsMax: 16)
            precondition(
                again?.map(\.name) == fields.map(\.name)
                    && again?.map(\.value) == fields.map(\.value), "not read back as written")
        }
    }

    /// One input for the JSON fuzzer.
    package static func json(_ bytes: UnsafeRawBufferPointer) {
        guard let value = try? JSONValue(parsing: Array(bytes).span, depthMax: 16) else { return }
        let again = try? JSONValue(parsing: value.encoded().span, depthMax: 16)
        precondition(again == value, "not read back as written")
    }
}
