"""Pipecat as its own Twilio example sets it up: FastAPI's WebSocket, Twilio's serializer, Silero VAD,
smart turn (the default end of turn), and OpenAI's services at another address.

Started by `run`, with PEER_SERVICES naming the services up to /v1.
"""

import os
import sys

from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import LLMRunFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.transports.websocket.fastapi import (
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)
from pipecat.workers.runner import WorkerRunner

SERVICES = {"api_key": "none", "base_url": os.environ["PEER_SERVICES"]}
INSTRUCTIONS = "You take reservations for a restaurant. Your words are spoken over a telephone."

# The example logs every frame; that would be measured too.
logger.remove()
logger.add(sys.stderr, level="WARNING")
app = FastAPI()


@app.get("/healthz")
async def healthz() -> str:
    return "ok"


@app.websocket("/ws")
async def stream(websocket: WebSocket) -> None:
    await websocket.accept()
    _, call = await parse_telephony_websocket(websocket)
    serializer = TwilioFrameSerializer(
        stream_sid=call["stream_id"],
        call_sid=call["call_id"],
        params=TwilioFrameSerializer.InputParams(auto_hang_up=False),
    )
    transport = FastAPIWebsocketTransport(
        websocket=websocket,
        params=FastAPIWebsocketParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            add_wav_header=False,
            serializer=serializer,
        ),
    )
    stt = OpenAISTTService(**SERVICES, settings=OpenAISTTService.Settings(model="whisper-1"))
    llm = OpenAILLMService(
        **SERVICES,
        settings=OpenAILLMService.Settings(model="gpt-4o-mini", system_instruction=INSTRUCTIONS),
    )
    tts = OpenAITTSService(
        **SERVICES,
        sample_rate=24000,
        settings=OpenAITTSService.Settings(model="tts-1", voice="alloy"),
    )
    context = LLMContext()
    heard, said = LLMContextAggregatorPair(
        context, user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    )
    worker = PipelineWorker(
        Pipeline([transport.input(), stt, heard, llm, tts, transport.output(), said]),
        params=PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000),
    )

    @transport.event_handler("on_client_connected")
    async def greet(_transport, _client) -> None:
        context.add_message({"role": "user", "content": "Greet the caller."})
        await worker.queue_frames([LLMRunFrame()])

    @transport.event_handler("on_client_disconnected")
    async def end(_transport, _client) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()
