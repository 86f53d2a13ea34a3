import COpenSSL

/// Digests and codes of messages that lie in memory, by OpenSSL. Any thread; each allocates its
/// result.
public enum Digest {
    /// 20 bytes. For protocols that ask for it (WebSocket), not for secrets.
    public static func sha1(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha1(), bytes) }

    /// 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha256(), bytes) }

    /// 20 bytes. Source: RFC 2104.
    public static func hmacSHA1(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        hmac(EVP_sha1(), key, message)
    }

    /// 32 bytes. Source: RFC 2104.
    public static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        hmac(EVP_sha256(), key, message)
    }

    /// Wraps `EVP_Digest`, which fails only when OpenSSL itself is broken.
    private static func digest(_ kind: OpaquePointer?, _ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
            var length: UInt32 = 0
            let made = EVP_Digest(bytes, bytes.count, output.baseAddress, &length, kind, nil)
            precondition(made == 1, "OpenSSL's digests do not work")
            count = Int(length)
        }
    }

    /// Wraps `HMAC`, which fails only when OpenSSL itself is broken.
    private static func hmac(
        _ kind: OpaquePointer?, _ key: [UInt8], _ message: [UInt8]
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
            var length: UInt32 = 0
            let made = HMAC(
                kind, key, Int32(key.count), message, message.count, output.baseAddress, &length)
            precondition(made != nil, "OpenSSL's HMAC does not work")
            count = Int(length)
        }
    }
}
