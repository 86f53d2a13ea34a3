"""A Media Streams app as tutorials build it: WebRTC's voice detector, a fixed silence that ends the
turn, then transcription, reply and speech one after the other; `clear` when the caller speaks.

Started by `run`, with PEER_SERVICES naming the services up to /v1.
"""

import asyncio
import audioop
import base64
import io
import json
import os
import wave

import webrtcvad
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from openai import AsyncOpenAI

FRAME_MS = 20
# Half a second is what most of them wait for.
ENDPOINT_FRAMES = 500 // FRAME_MS
BARGE_IN_FRAMES = 200 // FRAME_MS
SPEECH_FRAMES_MIN = 100 // FRAME_MS
PRE_ROLL_FRAMES = 300 // FRAME_MS
INSTRUCTIONS = "You take reservations for a restaurant. Your words are spoken over a telephone."

app = FastAPI()
services = AsyncOpenAI(api_key="none", base_url=os.environ["PEER_SERVICES"])


@app.get("/healthz")
async def healthz() -> str:
    return "ok"


class Call:
    """One caller: what is being heard, and the task that answers."""

    def __init__(self, websocket: WebSocket, stream_sid: str) -> None:
        self.websocket = websocket
        self.stream_sid = stream_sid
        self.detector = webrtcvad.Vad(3)
        self.frames: list[bytes] = []
        self.speech_frames = 0
        self.silent_frames = 0
        self.voiced_run = 0
        self.reply: asyncio.Task | None = None
        self.is_playing = False
        self.messages = [{"role": "system", "content": INSTRUCTIONS}]

    async def send(self, event: str, **fields) -> None:
        message = {"event": event, "streamSid": self.stream_sid, **fields}
        await self.websocket.send_text(json.dumps(message))

    async def hear(self, mulaw: bytes) -> None:
        linear = audioop.ulaw2lin(mulaw, 2)
        is_voiced = self.detector.is_speech(linear, 8000)
        self.frames.append(linear)
        self.voiced_run = self.voiced_run + 1 if is_voiced else 0
        if is_voiced:
            self.speech_frames += 1
            self.silent_frames = 0
        else:
            self.silent_frames += 1
        if self.is_playing and self.voiced_run >= BARGE_IN_FRAMES:
            await self.fall_silent()
        if self.speech_frames < SPEECH_FRAMES_MIN:
            del self.frames[:-PRE_ROLL_FRAMES]
            if self.silent_frames >= ENDPOINT_FRAMES:
                self.speech_frames = 0
        elif self.silent_frames >= ENDPOINT_FRAMES:
            audio = b"".join(self.frames)
            self.frames, self.speech_frames = [], 0
            self.cancel()
            self.reply = asyncio.create_task(self.answer(audio))

    async def fall_silent(self) -> None:
        self.is_playing = False
        self.cancel()
        await self.send("clear")

    def cancel(self) -> None:
        if self.reply:
            self.reply.cancel()
        self.reply = None

    async def answer(self, audio: bytes) -> None:
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(8000)
            out.writeframes(audio)
        heard = await services.audio.transcriptions.create(
            model="whisper-1", file=("caller.wav", file.getvalue())
        )
        if not heard.text.strip():
            return
        self.messages.append({"role": "user", "content": heard.text})
        completion = await services.chat.completions.create(
            model="gpt-4o-mini", messages=self.messages
        )
        text = completion.choices[0].message.content
        self.messages.append({"role": "assistant", "content": text})
        await self.say(text)

    async def say(self, text: str) -> None:
        speech = await services.audio.speech.create(
            model="tts-1", voice="alloy", input=text, response_format="pcm"
        )
        narrow, _ = audioop.ratecv(speech.content, 2, 1, 24000, 8000, None)
        payload = base64.b64encode(audioop.lin2ulaw(narrow, 2)).decode()
        self.is_playing = True
        await self.send("media", media={"payload": payload})
        await self.send("mark", mark={"name": "end"})


@app.websocket("/ws")
async def stream(websocket: WebSocket) -> None:
    await websocket.accept()
    call: Call | None = None
    try:
        while True:
            message = json.loads(await websocket.receive_text())
            match message["event"]:
                case "start":
                    call = Call(websocket, message["start"]["streamSid"])
                    call.reply = asyncio.create_task(call.say("Good evening. How can I help you?"))
                case "media" if call:
                    await call.hear(base64.b64decode(message["media"]["payload"]))
                case "mark" if call:
                    call.is_playing = False
                case "stop":
                    break
    except WebSocketDisconnect:
        pass
    finally:
        if call:
            call.cancel()
