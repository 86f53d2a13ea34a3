import Wire

extension SafetensorsFile {
    /// Twelve digits are a terabyte: far above any file, far below an overflow.
    private static let numberMax = 1_000_000_000_000
    /// A file, its tensors, and their lists of numbers.
    private static let depthMax = 3

    /// The tensors of a header, without `__metadata__`.
    /// - Throws: what is wrong with it.
    static func entries(of header: ArraySlice<UInt8>) throws(HeaderFault) -> [String: Entry] {
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(parsing: Array(header).span, depthMax: depthMax)
        } catch {
            throw HeaderFault(reason: error.description)
        }
        guard case .object(let members) = json else { throw HeaderFault(reason: "not an object") }
        var entries: [String: Entry] = [:]
        for member in members where member.name != "__metadata__" {
            guard entries[member.name] == nil, let entry = Entry(member.value) else {
                throw HeaderFault(reason: "wrong at tensor \(member.name)")
            }
            entries[member.name] = entry
        }
        return entries
    }

    fileprivate static func numbers(_ json: JSONValue) -> [Int]? {
        guard let elements = json.arrayValue else { return nil }
        var numbers: [Int] = []
        for element in elements {
            guard case .integer(let number) = element, (0...numberMax).contains(number) else {
                return nil
            }
            numbers.append(number)
        }
        return numbers
    }

    /// The fault of a header, in words that follow "its header is".
    struct HeaderFault: Error {
        var reason: String
    }
}

extension SafetensorsFile.Entry {
    /// Nil for anything but the three members that a tensor has.
    fileprivate init?(_ json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        self.init()
        for member in members {
            switch member.name {
            case "dtype":
                guard let text = member.value.stringValue else { return nil }
                type = text
            case "shape":
                guard let numbers = SafetensorsFile.numbers(member.value) else { return nil }
                shape = numbers
            case "data_offsets":
                guard let numbers = SafetensorsFile.numbers(member.value) else { return nil }
                offsets = numbers
            default: return nil
            }
        }
    }
}
