/// A model of whisper.cpp whose contents are known beforehand.
public struct KnownModel: Sendable {
    /// As `stt: [{model: …}]` names it.
    public var name: String
    /// Roughly, for people.
    public var megabytes: Int
    /// Of the file that whisper.cpp's authors publish.
    public var sha256: String

    /// The models that are pulled without being told their sum. Source: the sums that the authors'
    /// repository of converted models holds.
    public static let all: [KnownModel] = [
        .init(
            name: "tiny", megabytes: 78,
            sha256: "be07e048e1e599ad46341c8d2a135645097a538221678b7acdd1b1919c6e1b21"),
        .init(
            name: "tiny.en", megabytes: 78,
            sha256: "921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f"),
        .init(
            name: "base", megabytes: 148,
            sha256: "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe"),
        .init(
            name: "base.en", megabytes: 148,
            sha256: "a03779c86df3323075f5e796cb2ce5029f00ec8869eee3fdfb897afe36c6d002"),
        .init(
            name: "small", megabytes: 488,
            sha256: "1be3a9b2063867b937e64e2ec7483364a79917e157fa98c5d94b5c1fffea987b"),
        .init(
            name: "small.en", megabytes: 488,
            sha256: "c6138d6d58ecc8322097e0f987c32f1be8bb0a18532a3f88f734d1bbf9c41e5d"),
        .init(
            name: "medium", megabytes: 1534,
            sha256: "6c14d5adee5f86394037b4e4e8b59f1673b6cee10e3cf0b11bbdbee79c156208"),
        .init(
            name: "medium.en", megabytes: 1534,
            sha256: "cc37e93478338ec7700281a7ac30a10128929eb8f427dda2e865faa8f6da4356"),
        .init(
            name: "large-v3", megabytes: 3095,
            sha256: "64d182b440b98d5203c4f9bd541544d84c605196c4f7b845dfa11fb23594d1e2"),
        .init(
            name: "large-v3-turbo", megabytes: 1625,
            sha256: "1fc70f774d38eb169993ac391eea357ef47c88757ef72ee5943879b7e8e2bc69"),
    ]

    /// True when a name can be one of a model: nothing that leads out of the folder.
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
