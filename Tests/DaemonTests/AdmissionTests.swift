import Calls
import Testing

@Suite struct AdmissionTests {
    @Test func callsBeyondTheBoundAreBusyUntilOneEnds() {
        let admission = Admission(maxCalls: 2, perSecond: 100, nowNanos: 0)
        #expect(admission.beginCall())
        #expect(admission.beginCall())
        #expect(!admission.beginCall())
        #expect(admission.webhook(nowNanos: 0) == .busy)
        admission.endCall()
        #expect(admission.webhook(nowNanos: 0) == .admitted)
        #expect(admission.beginCall())
        #expect(admission.liveCount == 2)
    }

    @Test func webhooksBeyondTheRateAreTooFastAndRecover() {
        let admission = Admission(maxCalls: 10, perSecond: 2, nowNanos: 0)
        #expect(admission.webhook(nowNanos: 0) == .admitted)
        #expect(admission.webhook(nowNanos: 0) == .admitted)
        #expect(admission.webhook(nowNanos: 0) == .tooFast)
        #expect(admission.webhook(nowNanos: 500_000_000) == .admitted)
        #expect(admission.webhook(nowNanos: 500_000_000) == .tooFast)
        // A clock that steps back must not refill the bucket.
        #expect(admission.webhook(nowNanos: 1) == .tooFast)
    }

    @Test func drainingAdmitsNobody() {
        let admission = Admission(maxCalls: 2, perSecond: 100, nowNanos: 0)
        #expect(admission.beginCall())
        admission.drain()
        #expect(!admission.beginCall())
        #expect(admission.webhook(nowNanos: 0) == .busy)
        admission.endCall()
        #expect(admission.liveCount == 0)
    }
}
