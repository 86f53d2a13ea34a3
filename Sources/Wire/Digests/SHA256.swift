import COpenSSL

/// SHA-256 of what comes piece by piece (FIPS 180-4). One thread at a time.
public final class SHA256 {
    public static let byteCount = 32
    private let context: OpaquePointer

    /// Nil where the library has no memory or no such digest.
    public init?() {
        guard let context = EVP_MD_CTX_new() else { return nil }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            return nil
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        EVP_DigestUpdate(context, start, bytes.count)
    }

    /// The digest of one piece, as 64 lower-case hexadecimal digits.
    public static func hex(_ bytes: [UInt8]) -> String { Hexadecimal.text(Digest.sha256(bytes)) }

    /// The digest of all that came, as 64 lower-case hexadecimal digits. Once, at the end.
    public func finish() -> String {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        EVP_DigestFinal_ex(context, &digest, nil)
        return Hexadecimal.text(digest)
    }
}
