import CallSimulator
import Testing

struct AskedQuestionTests {
    @Test func everySentenceOfTheFixturesAnswersOneQuestion() throws {
        let clips = try FixtureLibrary(folder: "audio-fixtures").clean(kind: "speech")
        #expect(clips.count > 60)
        for clip in clips {
            let asked = AskedQuestion.all.filter { $0.isAnswered(by: clip.text) }
            #expect(asked.count == 1, "\(clip.text) answers \(asked.map(\.text))")
        }
    }

    @Test func oneQuestionLeadsToTheNext() {
        #expect(AskedQuestion.following("For four people.").text == AskedQuestion.all[2].text)
        #expect(AskedQuestion.following("Yes, please!").text == AskedQuestion.all[0].text)
        #expect(AskedQuestion.following("It's under the name Smith").text.contains("telephone"))
        #expect(AskedQuestion.following("Sarah").text.contains("book"))
        #expect(AskedQuestion.following("something else").text == AskedQuestion.all[0].text)
    }
}
