/// Reads the JSON header of a safetensors file: an object of objects of strings and whole numbers.
struct TensorHeaderScanner {
    private let bytes: ArraySlice<UInt8>
    /// Where reading stands, for the text of errors: in bytes from the start of the file.
    private(set) var position: Int

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// All entries but `__metadata__`, or nil at the first thing out of place.
    mutating func scan() -> [String: SafetensorsFile.Entry]? {
        var entries: [String: SafetensorsFile.Entry] = [:]
        let sound = scanObject { scanner, name in
            if name == "__metadata__" { return scanner.scanObject { $0.skipText(after: $1) } }
            guard let entry = scanner.scanEntry(), entries[name] == nil else { return false }
            entries[name] = entry
            return true
        }
        skipSpace()
        return sound && position == bytes.endIndex ? entries : nil
    }

    private mutating func scanEntry() -> SafetensorsFile.Entry? {
        var entry = SafetensorsFile.Entry()
        let sound = scanObject { scanner, key in
            switch key {
            case "dtype":
                guard let type = scanner.scanText() else { return false }
                entry.type = type
            case "shape":
                guard let shape = scanner.scanNumbers() else { return false }
                entry.shape = shape
            case "data_offsets":
                guard let offsets = scanner.scanNumbers() else { return false }
                entry.offsets = offsets
            default:
                return false
            }
            return true
        }
        return sound ? entry : nil
    }

    private mutating func scanObject(
        _ member: (inout TensorHeaderScanner, String) -> Bool
    ) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            guard let name = scanText(), take(":"), member(&self, name) else { return false }
        } while take(",")
        return take("}")
    }

    private mutating func skipText(after key: String) -> Bool { scanText() != nil }

    /// A string without escapes but `\"`, `\\` and `\/`: names of tensors have no others.
    private mutating func scanText() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(validating: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard position < bytes.endIndex, "\"\\/".utf8.contains(bytes[position]) else {
                return nil
            }
            text.append(bytes[position])
            position += 1
        }
        return nil
    }

    private mutating func scanNumbers() -> [Int]? {
        guard take("[") else { return nil }
        var numbers: [Int] = []
        if take("]") { return numbers }
        repeat {
            guard let number = scanNumber() else { return nil }
            numbers.append(number)
        } while take(",")
        return take("]") ? numbers : nil
    }

    private mutating func scanNumber() -> Int? {
        skipSpace()
        var number: Int?
        while position < bytes.endIndex, (0x30...0x39).contains(bytes[position]) {
            // Twelve digits are a terabyte: far above any sound file, far below an overflow.
            guard (number ?? 0) < 1_000_000_000_000 else { return nil }
            number = (number ?? 0) * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        return number
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
            position += 1
        }
    }
}
