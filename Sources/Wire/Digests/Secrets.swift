import COpenSSL

/// Random bytes that nobody can guess.
public enum SecureRandom {
    /// Bytes fit for secrets, or nil when the system has none to give. Any thread; allocates.
    /// Wraps `RAND_bytes`.
    public static func bytes(_ byteCount: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        return RAND_bytes(&bytes, Int32(byteCount)) == 1 ? bytes : nil
    }
}

/// Comparison of secrets that takes the same time wherever they differ. Any thread.
public enum ConstantTime {
    /// True when both have the same bytes. Only their lengths show in the time that it takes.
    /// Wraps `CRYPTO_memcmp`.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// As above, over the UTF-8 of both.
    public static func equal(_ left: String, _ right: String) -> Bool {
        equal(Array(left.utf8), Array(right.utf8))
    }

    /// True when a text is one of some secrets. All are compared, by digests of one length, so that
    /// the time tells neither which one it is nor how long any of them is.
    public static func isAny(_ text: String, of secrets: [String]) -> Bool {
        let digest = Digest.sha256(Array(text.utf8))
        var isFound = false
        for secret in secrets {
            let isEqual = equal(digest, Digest.sha256(Array(secret.utf8)))
            isFound = isFound || isEqual
        }
        return isFound
    }
}
