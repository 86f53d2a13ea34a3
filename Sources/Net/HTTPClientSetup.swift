import CCurl
import CStreamD

/// Turns a request into the settings of a libcurl transfer.
enum HTTPClientSetup {
    /// Applies everything but the callbacks. Returns the header list, which the caller frees after
    /// the transfer.
    static func apply(
        _ request: HTTPClientRequest, _ options: HTTPClientOptions,
        errorText: UnsafeMutablePointer<CChar>, to easy: UnsafeMutableRawPointer
    ) throws(NetError) -> UnsafeMutablePointer<curl_slist>? {
        guard !request.url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw .invalid(
                what: "address \"\(request.url)\"",
                reason: "it holds a space or a control character")
        }
        try set(easy, CURLOPT_URL, request.url)
        try set(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = streamd_curl_set_pointer(easy, number(CURLOPT_ERRORBUFFER), errorText)
        try connection(options, easy)
        try method(request, easy)
        return try headers(request, easy)
    }

    private static func connection(
        _ options: HTTPClientOptions, _ easy: UnsafeMutableRawPointer
    ) throws(NetError) {
        // No signals for time-outs of the resolver: there are threads.
        try set(easy, CURLOPT_NOSIGNAL, 1)
        // Cancelling must not wait for a thread that is still resolving a name.
        try set(easy, CURLOPT_QUICK_EXIT, 1)
        // Our own timers tell the phases apart; libcurl's must not fire first.
        try set(easy, CURLOPT_CONNECTTIMEOUT_MS, 86_400_000)
        try set(easy, CURLOPT_TCP_KEEPALIVE, 1)
        try set(easy, CURLOPT_TCP_NODELAY, 1)
        try set(easy, CURLOPT_FOLLOWLOCATION, 0)
        try set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(easy, CURLOPT_DNS_CACHE_TIMEOUT, options.nameCacheMs / 1000)
        try set(easy, CURLOPT_MAXAGE_CONN, max(1, options.idleConnectionMs / 1000))
        try set(easy, CURLOPT_USERAGENT, options.userAgent)
        if let proxy = options.proxy { try set(easy, CURLOPT_PROXY, proxy) }
        let version = options.offersHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
        try set(easy, CURLOPT_HTTP_VERSION, version)
        try set(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        try set(easy, CURLOPT_SSL_VERIFYPEER, options.tls.verifiesPeer ? 1 : 0)
        try set(easy, CURLOPT_SSL_VERIFYHOST, options.tls.verifiesPeer ? 2 : 0)
        if let caFile = options.tls.caFile { try set(easy, CURLOPT_CAINFO, caFile) }
    }

    private static func method(
        _ request: HTTPClientRequest, _ easy: UnsafeMutableRawPointer
    ) throws(NetError) {
        guard !request.method.isEmpty,
            request.method.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { throw .invalid(what: "method \"\(request.method)\"", reason: "not capital letters") }
        switch request.body {
        case .none where request.method == "HEAD":
            try set(easy, CURLOPT_NOBODY, 1)
            return
        case .none where request.method == "GET":
            try set(easy, CURLOPT_HTTPGET, 1)
            return
        case .none
        where request.method == "POST" || request.method == "PUT"
            || request.method == "PATCH":
            // These say that their body is empty.
            try setBody([], easy)
        case .none: break
        case .bytes(let bytes): try setBody(bytes, easy)
        case .streamed: try set(easy, CURLOPT_UPLOAD, 1)
        }
        try set(easy, CURLOPT_CUSTOMREQUEST, request.method)
    }

    private static func setBody(
        _ bytes: [UInt8], _ easy: UnsafeMutableRawPointer
    ) throws(NetError) {
        try set(easy, CURLOPT_POST, 1)
        // The size first: libcurl copies that many bytes.
        var code = streamd_curl_set_offset(
            easy, number(CURLOPT_POSTFIELDSIZE_LARGE), Int64(bytes.count))
        if code == 0 {
            code = bytes.withUnsafeBytes {
                streamd_curl_set_pointer(
                    easy, number(CURLOPT_COPYPOSTFIELDS), $0.isEmpty ? nil : $0.baseAddress)
            }
        }
        if code == 0, bytes.isEmpty {
            code = streamd_curl_set_string(easy, number(CURLOPT_COPYPOSTFIELDS), "")
        }
        try check(code, "request body")
    }

    private static func headers(
        _ request: HTTPClientRequest, _ easy: UnsafeMutableRawPointer
    ) throws(NetError) -> UnsafeMutablePointer<curl_slist>? {
        var lines: [String] = []
        for field in request.headers {
            try HTTPFieldRules.check(name: field.name, value: field.value)
            // libcurl takes "Name;" for a header without a value.
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        // Waiting for "100 Continue" costs a round trip; and libcurl must not guess a type.
        for name in ["Expect", "Content-Type"] where request.headers[name] == nil {
            lines.append("\(name):")
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                throw .loop(what: "making headers", reason: "out of memory")
            }
            list = longer
        }
        _ = streamd_curl_set_pointer(easy, number(CURLOPT_HTTPHEADER), list)
        return list
    }

    private static func number(_ option: CURLoption) -> Int32 {
        Int32(option.rawValue)
    }

    private static func set(
        _ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: Int
    ) throws(NetError) {
        try check(streamd_curl_set_long(easy, number(option), value), "option \(option.rawValue)")
    }

    private static func set(
        _ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: String
    ) throws(NetError) {
        try check(streamd_curl_set_string(easy, number(option), value), "option \(option.rawValue)")
    }

    private static func check(_ code: Int32, _ what: String) throws(NetError) {
        guard code == 0 else {
            throw .invalid(
                what: "HTTP request, \(what)",
                reason: String(cString: curl_easy_strerror(CURLcode(rawValue: UInt32(code)))))
        }
    }
}
