using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Decoders;

public class RecomputedPassTests
{
    private static readonly int[] Sequence = [5, 16, 0, 3, 3, 9, 1, 12, 7];

    [Theory]
    [MemberData(nameof(TestFamilies.Names), MemberType = typeof(TestFamilies))]
    public void Gradients_are_those_of_the_whole_graph(string family)
    {
        double[][] whole = Gradients(family, (decoder, gradient) => Hidden(decoder).backward([gradient]));
        double[][] recomputed = Gradients(family, (decoder, gradient) => decoder.HiddenRecomputed(TestModels.Ids(Sequence), TestModels.Positions(9), TestModels.CausalMask(9)).Backward(gradient.view(9, -1)));

        Assert.Equal(whole, recomputed);
    }

    [Fact]
    public void The_states_are_those_of_the_whole_graph()
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = TestModels.Create(TestModels.Tiny);
        decoder.SetTrainable(true);

        RecomputedPass pass = decoder.HiddenRecomputed(TestModels.Ids(Sequence), TestModels.Positions(9), TestModels.CausalMask(9));

        Assert.Equal(TestModels.Values(Hidden(decoder)), TestModels.Values(pass.Hidden));
        Assert.False(pass.Hidden.requires_grad);
    }

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

        // about a third; other tests of the process may take memory at the same time
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

    private static Tensor Hidden(CausalDecoder decoder) => decoder.Hidden(TestModels.Ids(Sequence), TestModels.Positions(9), TestModels.CausalMask(9));

    private static double[][] Gradients(string family, Action<CausalDecoder, Tensor> backward)
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = TestModels.Create(TestFamilies.All[family]);
        decoder.SetTrainable(true);
        backward(decoder, randn([1, 9, decoder.Config.HiddenSize], generator: new Generator(4)));
        return [.. decoder.Parameters.Values.Where(parameter => parameter.grad is not null).Select(parameter => TestModels.Values(parameter.grad!))];
    }

    /// <summary>How far the process's resident memory rises above where it was.</summary>
    private static long Peak(Action action)
    {
        // "5" sets the high-water mark back to what is resident now; Linux, proc(5)
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = HighWater();
        action();
        return HighWater() - before;

        static long HighWater() => 1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
