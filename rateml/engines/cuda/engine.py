"""Engine ``cuda``: as engine ``cpu``, with a thread per device and the kernels of target ``cuda``."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from rateml.engines.cpu import Command, CpuEngine
from rateml.engines.cuda.group import ABREAST, CudaKernels
from rateml.engines.cuda.memory import cuda_memory
from rateml.engines.cuda.watch import Watch
from rateml.engines.events import Compiled, Event, Metrics
from rateml.engines.features import features
from rateml.engines.job import Job
from rateml.engines.machine_code import undisturbed
from rateml.engines.memory import Memory
from rateml.results.layout import Unit
from rateml.standalone.device import Device
from rateml.text.amounts import count


class CudaEngine(CpuEngine):
    """Runs a job on ``devices``; results do not depend on their number."""

    name = "cuda"

    abreast = ABREAST

    def __init__(self, devices: Sequence[Device]) -> None:
        super().__init__(len(devices))
        self.devices = devices

    def run(
        self, job: Job, units: Sequence[Unit], done: int, command: Callable[[], Command]
    ) -> Generator[Event, None, None]:
        """As engine ``cpu``, and what the GPUs are doing meanwhile."""
        with closing(super().run(job, units, done, command)) as events:
            watch: Watch | None = None
            try:
                for event in events:
                    yield event
                    if isinstance(event, Compiled):
                        watch = Watch(self.devices)
                        yield from watch.notices()
                    elif isinstance(event, Metrics) and watch is not None:
                        yield from watch.look(event)
            finally:
                if watch is not None:
                    watch.close()
                for device in self.devices:
                    device.trim()

    def prepare(self, job: Job) -> None:
        """Compile what a job needs, and keep it on disk."""
        undisturbed(self._kernels_of(job).compile)

    def features(self) -> dict[str, str]:
        """What of the machine the last bits of a result may depend on: the processor makes some monitors' numbers."""
        first = self.devices[0]
        return {
            **features(),
            "gpu": first.limits.name,
            "capability": first.limits.capability,
            "compiler": first.compiler,
        }

    def memory(self, job: Job, *, compiled: bool = False) -> Memory:
        """What a run of a job takes; the code of the kernels takes the process no memory to speak of."""
        return cuda_memory(job, self._kernels_of(job))

    def told(self, threads: int) -> str:
        """What of the machine computes, in words."""
        return f"{count(threads, 'GPU')} ({self.devices[0].limits.name})"

    def _kernels_of(self, job: Job) -> CudaKernels:
        return CudaKernels(job, job.artifact.files[job.artifact.entry], self.devices)
