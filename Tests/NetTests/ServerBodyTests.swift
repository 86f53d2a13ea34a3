import Net
import Testing
import Wire

@Suite struct ServerBodyTests {
    private func request(_ type: String?, _ body: String) -> HTTPRequest {
        var headers = HTTPHeaders()
        headers["Content-Type"] = type
        return HTTPRequest(
            method: "POST", target: "/p?q=1+2&q=%33", headers: headers, body: Array(body.utf8))
    }

    @Test func theContentTypeDecidesWhatABodyIs() throws {
        let form = "application/x-www-form-urlencoded"
        let plain = try request("\(form); charset=\"UTF-8\"", "a=1").formParameters()
        #expect(plain.map(\.value) == ["1"])
        #expect(try request(form.uppercased(), "a=1").formParameters().count == 1)
        #expect(try request(nil, "").formParameters().isEmpty)
        let latin = try request("\(form);charset=ISO-8859-1", "a=%E9").formParameters()
        #expect(latin.map(\.value) == ["é"])
        #expect(throws: HTTPBodyError.unsupportedMediaType("text/plain")) {
            _ = try request("text/plain", "a=1").formParameters()
        }
        #expect(throws: HTTPBodyError.unsupportedMediaType("")) {
            _ = try request(nil, "a=1").formParameters()
        }
        #expect(throws: HTTPBodyError.unsupportedCharset("utf-16")) {
            _ = try request("\(form); charset=utf-16", "a=1").formParameters()
        }
        #expect(try request(nil, "").queryParameters().map(\.value) == ["1 2", "3"])
    }

    @Test func jsonBodiesAreReadByType() throws {
        let value = try request("application/json; charset=utf-8", #"{"a":[1,2.5,"x"]}"#).jsonBody()
        #expect(value["a"]?[1]?.doubleValue == 2.5)
        #expect(try request("application/problem+json", "[]").jsonBody() == .array([]))
        #expect(throws: HTTPBodyError.unsupportedMediaType("text/json")) {
            _ = try request("text/json", "{}").jsonBody()
        }
        #expect(throws: HTTPBodyError.self) { _ = try request("application/json", "{").jsonBody() }
    }
}
