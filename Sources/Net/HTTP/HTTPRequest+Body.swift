import Wire

/// Why a body cannot be used as what it was asked for.
public enum HTTPBodyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The Content-Type is another one, or there is none.
    case unsupportedMediaType(String)
    /// The text is in a character set that is not read here.
    case unsupportedCharset(String)
    /// More fields than allowed.
    case tooManyFields(Int)
    /// The text breaks the rules of its type.
    case malformed(String)

    init(_ error: FormError) {
        switch error {
        case .unsupportedCharset(let charset): self = .unsupportedCharset(charset)
        case .tooManyFields(let max): self = .tooManyFields(max)
        }
    }

    /// The status to answer with.
    public var status: Int {
        switch self {
        case .unsupportedMediaType, .unsupportedCharset: 415
        case .tooManyFields: 413
        case .malformed: 400
        }
    }

    public var description: String {
        switch self {
        case .unsupportedMediaType(let type):
            "the body is \(type.isEmpty ? "of no declared type" : type), which is not read here"
        case .unsupportedCharset(let charset):
            "the body is in \(charset); send UTF-8"
        case .tooManyFields(let max): "the form has more than \(max) fields"
        case .malformed(let reason): reason
        }
    }
}

extension HTTPRequest {
    /// The fields of a form body (`application/x-www-form-urlencoded`), in order, duplicates kept.
    ///
    /// Empty for an empty body. Character sets: UTF-8 (the default), US-ASCII and ISO-8859-1.
    public func formParameters(
        fieldsMax: Int = FormParser.fieldsMaxDefault
    ) throws(HTTPBodyError) -> [(name: String, value: String)] {
        guard !body.isEmpty else { return [] }
        guard let mediaType, mediaType == "application/x-www-form-urlencoded" else {
            throw .unsupportedMediaType(mediaType ?? "")
        }
        let charset = contentTypeParameter("charset") ?? "utf-8"
        do throws(FormError) {
            return try FormParser.parse(
                body.span, fieldsMax: fieldsMax, charset: FormParser.Charset(named: charset))
        } catch {
            throw HTTPBodyError(error)
        }
    }

    /// The fields of the query, read like a form in UTF-8.
    public func queryParameters(
        fieldsMax: Int = FormParser.fieldsMaxDefault
    ) throws(HTTPBodyError) -> [(name: String, value: String)] {
        do throws(FormError) {
            return try FormParser.parse(Array(query.utf8).span, fieldsMax: fieldsMax)
        } catch {
            throw HTTPBodyError(error)
        }
    }

    /// A whole number of the query, nil where it is not given; of several the first counts.
    ///
    /// What a client may have written itself is an error with status 400 unless it is digits only and
    /// in the range: nothing computed from it can overflow then.
    public func queryNumber(
        _ name: String, in range: ClosedRange<Int>
    ) throws(HTTPBodyError) -> Int? {
        guard let text = try queryParameters().first(where: { $0.name == name })?.value else {
            return nil
        }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(text), range.contains(number)
        else {
            throw .malformed(
                "'\(name)' in the query must be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return number
    }

    /// The JSON body (`application/json` or a type that ends in `+json`), which must be UTF-8.
    public func jsonBody(depthMax: Int = 64) throws(HTTPBodyError) -> JSONValue {
        guard let mediaType, mediaType == "application/json" || mediaType.hasSuffix("+json") else {
            throw .unsupportedMediaType(mediaType ?? "")
        }
        do throws(JSONError) {
            return try JSONValue(parsing: body.span, depthMax: depthMax)
        } catch {
            throw .malformed(error.description)
        }
    }
}
