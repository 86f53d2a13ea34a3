import Testing
import Wire

@Suite struct AddressTextTests {
    @Test func onlyUnreservedCharactersStandAsTheyAre() {
        #expect(URLText.escaped("aZ09-._~") == "aZ09-._~")
        #expect(URLText.escaped("a b/ü?&+") == "a%20b%2F%C3%BC%3F%26%2B")
    }

    @Test func aQueryGrowsValueByValue() {
        var query = QueryText()
        #expect(query.text.isEmpty)
        query.add("model", "nova 3")
        query.add("rate", "8000")
        #expect(query.text == "?model=nova%203&rate=8000")
    }

    @Test func aFormOfPartsEndsWithItsBoundary() throws {
        var form = MultipartForm()
        form.add("language", "en")
        form.add("file", file: "a.wav", type: "audio/wav", [1, 2, 13, 10])
        let boundary = try #require(form.contentType.split(separator: "boundary=").last)
        #expect(form.contentType.hasPrefix("multipart/form-data; boundary=streamd-"))
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nen\r\n"
        let file =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
            + "Content-Type: audio/wav\r\n\r\n"
        let expected =
            Array((head + file).utf8) + [1, 2, 13, 10] + Array("\r\n--\(boundary)--\r\n".utf8)
        #expect(form.finished() == expected)
    }
}
