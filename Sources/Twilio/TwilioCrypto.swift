import COpenSSL

/// The few functions of OpenSSL that this module needs; nothing else here imports it.
enum TwilioCrypto {
    static func hmacSHA1(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        hmac(EVP_sha1(), byteCount: 20, key, message)
    }

    static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        hmac(EVP_sha256(), byteCount: 32, key, message)
    }

    /// Wraps `HMAC`. It fails only when OpenSSL itself is broken (no memory, no such digest).
    private static func hmac(
        _ digest: OpaquePointer?, byteCount: Int, _ key: [UInt8], _ message: [UInt8]
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
            var length: UInt32 = 0
            let made = HMAC(
                digest, key, Int32(key.count), message, message.count, output.baseAddress, &length)
            precondition(made != nil && length == byteCount, "OpenSSL's HMAC does not work")
            count = byteCount
        }
    }

    /// Wraps `SHA256`.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { output, count in
            _ = SHA256(bytes, bytes.count, output.baseAddress)
            count = Int(SHA256_DIGEST_LENGTH)
        }
    }

    /// Random bytes fit for secrets, or nil when the system has none to give. Wraps `RAND_bytes`.
    static func randomBytes(_ byteCount: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        return RAND_bytes(&bytes, Int32(byteCount)) == 1 ? bytes : nil
    }

    /// Wraps `CRYPTO_memcmp`.
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}

/// Comparison of secrets that takes the same time wherever they differ.
public enum ConstantTime {
    /// Whether both have the same bytes. Only their lengths show in the time that it takes.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        TwilioCrypto.equal(left, right)
    }

    /// As above, over the UTF-8 of both.
    public static func equal(_ left: String, _ right: String) -> Bool {
        TwilioCrypto.equal(Array(left.utf8), Array(right.utf8))
    }

    /// Whether a text is one of some secrets. All are compared, by digests of one length, so that the
    /// time tells neither which one it is nor how long any of them is.
    public static func isAny(_ text: String, of secrets: [String]) -> Bool {
        let digest = TwilioCrypto.sha256(Array(text.utf8))
        var isFound = false
        for secret in secrets {
            let isEqual = TwilioCrypto.equal(digest, TwilioCrypto.sha256(Array(secret.utf8)))
            isFound = isFound || isEqual
        }
        return isFound
    }
}
