/// Speech whose bytes say which word they belong to, so that who hears it knows what was said.
package enum CodedSpeech {
    package static let codeCount = 200
    package static let silence: UInt8 = 0xFF
    package static let noise: UInt8 = 0x70

    package static func byte(code: Int) -> UInt8 {
        UInt8(code < 100 ? code : 0x80 + code - 100)
    }

    package static func code(of byte: UInt8) -> Int? {
        switch byte {
        case 0..<100: Int(byte)
        case 0x80..<0x80 + 100: Int(byte) - 0x80 + 100
        default: nil
        }
    }
}
