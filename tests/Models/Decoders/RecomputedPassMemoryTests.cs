using System.Globalization;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Decoders;

[Collection(Alone.Name)]
public class RecomputedPassMemoryTests
{
    [Fact]
    [Trait("Speed", "slow")]
    public void Less_memory_is_held()
    {
        ModelConfig config = TestModels.Tiny with { HiddenSize = 128, IntermediateSize = 512, HeadDim = 32, Layers = 12, MaxPositions = 256 };
        using CausalDecoder decoder = CausalDecoder.CreateFresh(config, 1, CPU);
        decoder.SetTrainable(true);

        // the gradients themselves exist from the first time on
        Train(recompute: true);
        long recomputed = Peak(() => Train(recompute: true));
        long whole = Peak(() => Train(recompute: false));

        // about a third
        Assert.True(recomputed * 2 < whole, $"{recomputed >> 20} MiB with recomputation, {whole >> 20} MiB without");

        void Train(bool recompute)
        {
            using var scope = NewDisposeScope();
            Tensor ids = zeros(8, 256, ScalarType.Int64);
            (Tensor positions, Tensor mask) = (TestModels.Positions(256, 8), TestModels.CausalMask(256, 8));
            if (recompute)
            {
                RecomputedPass pass = decoder.HiddenRecomputed(ids, positions, mask);
                pass.Backward(ones_like(pass.Hidden));
            }
            else
            {
                Tensor hidden = decoder.Hidden(ids, positions, mask);
                hidden.backward([ones_like(hidden)]);
            }
        }
    }

    /// <summary>How far the process's resident memory rises above where it was.</summary>
    private static long Peak(Action action)
    {
        // "5" sets the high-water mark back to what is resident now; Linux, proc(5)
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = HighWater();
        action();
        return HighWater() - before;

        static long HighWater() => 1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
