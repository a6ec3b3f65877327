// What generated CUDA needs to run on a processor: the threads of a block are fibers that go on from barrier to barrier.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <ucontext.h>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(place, size)
#define ASAN_UNPOISON_MEMORY_REGION(place, size)
#endif

#define __global__
#define __device__
#define __shared__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __grid_constant__
#define __cluster_dims__(...)

using std::acos, std::asin, std::atan, std::atan2, std::ceil, std::cos, std::cosh, std::erf, std::erfc, std::exp;
using std::fabs, std::min, std::fma, std::rint, std::floor, std::isfinite, std::log, std::pow, std::sin, std::sinh, std::sqrt, std::tan, std::tanh;

struct Index {
    unsigned x;
};
inline Index threadIdx, blockIdx, blockDim;
alignas(16) inline unsigned long long shared[227 * 1024 / 8];

// A thread of a block: it runs until it waits for the others, of its warp, its block, or all blocks of its cluster.
struct Fiber {
    enum Waiting { no, block, warp, cluster, ended } waiting = no;
    int told = 0;  // to the others of its warp
    unsigned arrived = 0, waited = 0;  // at the barrier of the cluster
    ucontext_t context;
    std::vector<char> stack = std::vector<char>(1 << 17);
};
inline std::vector<Fiber> fibers;  // of all blocks of a cluster
inline Fiber* current;
inline unsigned first_block;       // of the cluster
inline std::vector<std::vector<char>> aside;  // what the shared memory of those blocks holds that do not run
inline bool misused;               // the barrier of the cluster
inline ucontext_t scheduler;
inline std::function<void()> body;

inline void wait_for(Fiber::Waiting whom)
{
    Fiber& self = *current;
    self.waiting = whom;
    swapcontext(&self.context, &scheduler);
}
inline void __cluster_barrier_arrive()
{
    misused |= current->arrived != current->waited;
    ++current->arrived;
}
inline void __cluster_barrier_wait()
{
    misused |= current->arrived == current->waited;
    wait_for(Fiber::cluster);
    ++current->waited;
}
inline void* __cluster_map_shared_rank(const void* place, unsigned rank)
{
    const size_t at = static_cast<const char*>(place) - reinterpret_cast<const char*>(shared);
    return rank == blockIdx.x - first_block ? const_cast<void*>(place) : aside.at(rank).data() + at;
}
inline void __syncthreads() { wait_for(Fiber::block); }
inline void __syncwarp() { wait_for(Fiber::warp); }
inline int __shfl_sync(unsigned, int value, unsigned lane)
{
    current->told = value;
    wait_for(Fiber::warp);
    const int found = (current - threadIdx.x % 32)[lane].told;
    wait_for(Fiber::warp);
    return found;
}
inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned((unsigned long long)x * y >> 32); }
// which lose digits of far angles, as the instructions do
inline double turned_roughly(float x) { return 6.283185307179586 * double(x * 0.159154943f); }
inline float __sinf(float x) { return float(sin(turned_roughly(x))); }
inline float __cosf(float x) { return float(cos(turned_roughly(x))); }
inline float __fdiv_rn(float x, float y) { return x / y; }
template <class T> T __ldg(const T* place) { return *place; }
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline float __uint_as_float(unsigned bits) { return std::bit_cast<float>(bits); }
inline void sincospi(double x, double* sine, double* cosine)
{
    const double quarters = std::rint(2.0 * x), angle = M_PI * (x - 0.5 * quarters);  // small ones keep their digits
    const double s = std::sin(angle), c = std::cos(angle);
    const long long turn = (long long)quarters & 3;
    *sine = turn == 0 ? s : turn == 1 ? c : turn == 2 ? -s : -c;
    *cosine = turn == 0 ? c : turn == 1 ? -s : turn == 2 ? -c : s;
}
inline int __double2loint(double x) { return int(std::bit_cast<unsigned long long>(x)); }
inline int __double2hiint(double x) { return int(std::bit_cast<unsigned long long>(x) >> 32); }
inline double __hiloint2double(int high, int low)
{
    return std::bit_cast<double>((unsigned long long)(unsigned)high << 32 | (unsigned)low);
}
inline int atomicAdd(int* place, int value) { return std::exchange(*place, *place + value); }
inline unsigned long long atomicMin(unsigned long long* place, unsigned long long value)
{
    const unsigned long long found = *place;
    *place = std::min(found, value);
    return found;
}

// Release those that all wait at the same barrier; false when nobody can go on.
inline bool release(size_t first, size_t end, Fiber::Waiting whom)
{
    size_t waiting = 0, alive = 0;
    for (size_t t = first; t < end; ++t) alive += fibers[t].waiting != Fiber::ended, waiting += fibers[t].waiting == whom;
    if (!waiting || waiting < alive) return false;
    for (size_t t = first; t < end; ++t)
        if (fibers[t].waiting == whom) fibers[t].waiting = Fiber::no;
    return true;
}

inline void run_fiber()
{
    body();
    wait_for(Fiber::ended);
}

// Run ``kernel`` in every thread of ``blocks`` blocks, of which ``cluster`` at a time reach each other, with ``bytes`` of
// shared memory each; ``backwards``: the last block and thread first, which changes nothing unless threads race. Returns
// whether all threads came to the same barriers.
template <class Kernel>
bool launch(Kernel kernel, unsigned blocks, unsigned threads, long long bytes, bool backwards, unsigned cluster = 1)
{
    body = kernel, blockDim.x = threads, misused = false;
    for (first_block = 0; first_block < blocks; first_block += cluster) {
        fibers.resize(threads * cluster);
        aside.assign(cluster, std::vector<char>(bytes, char(0xff)));  // NaN until written
        for (Fiber& fiber : fibers) {
            fiber.waiting = Fiber::no, fiber.arrived = fiber.waited = 0;
            getcontext(&fiber.context);
            fiber.context.uc_stack.ss_sp = fiber.stack.data();
            fiber.context.uc_stack.ss_size = fiber.stack.size();
            makecontext(&fiber.context, run_fiber, 0);
        }
        for (bool going = true; going;) {
            going = false;
            for (unsigned p = 0; p < cluster; ++p) {
                const unsigned rank = backwards ? cluster - 1 - p : p, first = rank * threads, end = first + threads;
                blockIdx.x = first_block + rank;
                std::memcpy(shared, aside[rank].data(), bytes);
                ASAN_POISON_MEMORY_REGION(reinterpret_cast<char*>(shared) + bytes, sizeof shared - bytes);
                for (bool running = true; running; going |= running) {
                    running = false;
                    for (unsigned q = 0; q < threads; ++q) {
                        const unsigned t = backwards ? threads - 1 - q : q;
                        current = &fibers[first + t];
                        if (current->waiting != Fiber::no) continue;
                        threadIdx.x = t;
                        swapcontext(&scheduler, &current->context);
                        running = true;
                    }
                    for (unsigned warp = first; warp < end; warp += 32) running |= release(warp, std::min(warp + 32, end), Fiber::warp);
                    running |= release(first, end, Fiber::block);
                }
                ASAN_UNPOISON_MEMORY_REGION(shared, sizeof shared);
                std::memcpy(aside[rank].data(), shared, bytes);
            }
            for (Fiber& fiber : fibers)
                if (fiber.waiting == Fiber::cluster && std::ranges::all_of(fibers, [&](const Fiber& other) {
                        return other.waiting == Fiber::ended || other.arrived >= fiber.arrived;
                    }))
                    fiber.waiting = Fiber::no, going = true;
        }
        for (const Fiber& fiber : fibers)
            if (fiber.waiting != Fiber::ended || fiber.arrived != fiber.waited) return false;
    }
    return !misused;
}

#include SOURCE

extern "C" bool launch_prepare(const Job* job, unsigned blocks, unsigned threads, bool backwards)
{
    return launch([=] { prepare(*job); }, blocks, threads, 0, backwards);
}
extern "C" bool launch_advance(const Job* job, unsigned blocks, unsigned threads, long long bytes, bool backwards)
{
    return launch([=] { advance(*job); }, blocks, threads, bytes, backwards, CLUSTER);
}
extern "C" bool launch_arrange(const Job* job, REAL* steps, double* means, unsigned blocks, unsigned threads, bool backwards)
{
    return launch([=] { arrange(*job, steps, means); }, blocks, threads, 0, backwards);
}
extern "C" bool launch_correlate(const Job* job, const int* variable, long long variables, long long counted, long long together, double* means, double* moments, unsigned blocks, unsigned threads, long long bytes, bool backwards)
{
    return launch([=] { correlate(*job, variable, variables, counted, together, means, moments); }, blocks, threads, bytes, backwards);
}
extern "C" bool launch_correlations(const Job* job, const double* moments, long long exact, void* out, unsigned blocks, unsigned threads, long long bytes, bool backwards)
{
    return launch([=] { correlations(*job, moments, exact, out); }, blocks, threads, bytes, backwards);
}
extern "C" bool launch_balloon(const Job* job, const int* variable, long long variables, long long every, long long phase, long long rests, const double* p, double* state, double* out, unsigned blocks, unsigned threads, long long bytes, bool backwards)
{
    return launch([=] { balloon(*job, variable, variables, every, phase, rests, p, state, out); }, blocks, threads, bytes, backwards);
}
