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

    private static Tensor Hidden(CausalDecoder decoder) => decoder.Hidden(TestModels.Ids(Sequence), TestModels.Positions(9), TestModels.CausalMask(9));

    private static double[][] Gradients(string family, Action<CausalDecoder, Tensor> backward)
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = TestModels.Create(TestFamilies.All[family]);
        decoder.SetTrainable(true);
        backward(decoder, randn([1, 9, decoder.Config.HiddenSize], generator: new Generator(4)));
        return [.. decoder.Parameters.Values.Where(parameter => parameter.grad is not null).Select(parameter => TestModels.Values(parameter.grad!))];
    }
}
