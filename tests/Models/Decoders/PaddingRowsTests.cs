using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Decoders;

public class PaddingRowsTests
{
    private const int Tokens = 13;

    [Fact]
    public void Rows_beyond_the_tokens_are_impossible_and_the_others_unchanged()
    {
        using var scope = NewDisposeScope();
        using CausalDecoder plain = TestModels.Create(TestModels.Tiny);
        using CausalDecoder padded = Padded();

        double[] expected = TestModels.Logits(plain, 5, 12, 0);
        double[] logits = TestModels.Logits(padded, 5, 12, 0);

        for (int i = 0; i < logits.Length; i++)
        {
            if (i % 17 < Tokens)
            {
                Assert.Equal(expected[i], logits[i], tolerance: 1e-6);
            }
            else
            {
                Assert.Equal(double.NegativeInfinity, logits[i]);
            }
        }
    }

    [Fact]
    public void Their_head_rows_get_no_gradient_and_nobody_gets_a_nan()
    {
        using var scope = NewDisposeScope();
        using CausalDecoder decoder = Padded();
        decoder.SetTrainable(true);

        Tensor logits = decoder.Logits(decoder.Hidden(TestModels.Ids(5, 12, 0), TestModels.Positions(3), TestModels.CausalMask(3))).select(0, 0);
        (logits.logsumexp(1) - logits.gather(1, tensor((long[])[1, 2, 12]).unsqueeze(1)).squeeze(1)).sum().backward();

        Assert.All(decoder.Parameters.Values, parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));
        Tensor head = decoder.Parameters["lm_head.weight"].grad!;
        Assert.Equal(0, head.narrow(0, Tokens, 17 - Tokens).abs().sum().item<float>());
        Assert.NotEqual(0, head.narrow(0, 0, Tokens).abs().sum().item<float>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(18)]
    public void More_tokens_than_rows_or_none_is_a_mistake(int tokens)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> parameters = ParameterLayout.ShapesOf(TestModels.Tiny).ToDictionary(x => x.Key, x => zeros(x.Value));

        Assert.Throws<ArgumentOutOfRangeException>(() => CausalDecoder.FromParameters(TestModels.Tiny, parameters, tokens));
    }

    private static CausalDecoder Padded()
    {
        using var scope = NewDisposeScope();
        using CausalDecoder plain = TestModels.Create(TestModels.Tiny);
        return CausalDecoder.FromParameters(TestModels.Tiny, plain.Parameters.ToDictionary(x => x.Key, x => x.Value.clone()), Tokens);
    }
}
