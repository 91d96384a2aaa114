using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests.Decoders;

public class RotaryTests
{
    [Fact]
    public void Four_dimensions_by_hand()
    {
        // θ = 100, d = 4: frequencies 1 and 0.1; element 0 pairs with 2, 1 with 3. At position 2, [1, 2, 3, 4] becomes
        // [1·cos 2 − 3·sin 2, 2·cos 0.2 − 4·sin 0.2, 3·cos 2 + 1·sin 2, 4·cos 0.2 + 2·sin 0.2]
        using var scope = NewDisposeScope();
        using RotaryTable table = new([1, 0.1], maxPositions: 3, scale: 1, ScalarType.Float64, CPU);

        Tensor turned = table.At(tensor((long[])[0, 2])).Rotate(tensor((double[])[1, 2, 3, 4, 1, 2, 3, 4], [2, 1, 4]));

        TestModels.AssertClose([1, 2, 3, 4, -3.144039117, 1.165455832, -0.339143083, 4.317604973], TestModels.Values(turned), 1e-8);
    }

    [Fact]
    public void The_scale_multiplies_everything()
    {
        using var scope = NewDisposeScope();
        using RotaryTable table = new([1], maxPositions: 1, scale: 0.5, ScalarType.Float64, CPU);

        TestModels.AssertClose([3, 4], TestModels.Values(table.At(tensor((long[])[0])).Rotate(tensor((double[])[6, 8], [1, 1, 2]))), 0);
    }

    [Fact]
    public void The_table_grows_to_what_is_asked_for_and_no_further()
    {
        using var scope = NewDisposeScope();
        using RotaryTable table = new([1, 0.001], maxPositions: 131_072, scale: 1, ScalarType.Float64, CPU);
        long first = table.Rows;

        table.At(tensor((long[])[5, 1]));
        Assert.Equal(first, table.Rows);
        Tensor turned = table.At(tensor((long[])[100_000, 7])).Rotate(tensor((double[])[1, 1, 0, 0, 1, 1, 0, 0], [2, 1, 4]));

        Assert.Equal(100_001, table.Rows);
        TestModels.AssertClose(
            [Math.Cos(100_000), Math.Cos(100), Math.Sin(100_000), Math.Sin(100), Math.Cos(7), Math.Cos(0.007), Math.Sin(7), Math.Sin(0.007)],
            TestModels.Values(turned),
            1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.At(tensor((long[])[131_072])));
    }

    [Fact]
    public void A_table_that_grew_while_a_model_wrote_still_trains()
    {
        using var scope = NewDisposeScope();
        using RotaryTable table = new([1, 0.1], maxPositions: 131_072, scale: 1, ScalarType.Float64, CPU);
        using (inference_mode())
        {
            table.At(tensor((long[])[100_000]));
        }

        Tensor heads = ones([1, 1, 4], ScalarType.Float64).requires_grad_();
        table.At(tensor((long[])[1])).Rotate(heads).sum().backward();

        // d/dx of (x cos 1 − y sin 1) + (y cos 1 + x sin 1), and of the other half
        double[] expected = [Math.Cos(1) + Math.Sin(1), Math.Cos(0.1) + Math.Sin(0.1), Math.Cos(1) - Math.Sin(1), Math.Cos(0.1) - Math.Sin(0.1)];
        TestModels.AssertClose(expected, TestModels.Values(heads.grad!), 1e-12);
    }

    [Fact]
    public void Llama3_scaling_keeps_fast_pairs_divides_slow_ones_and_blends_between()
    {
        // 4096 original positions: pairs that turn more than 4 times in them stay, less than once are divided by 8; the one of 2π/2048 turns twice: a third stays
        ModelConfig config = TestModels.Tiny with { HeadDim = 6, RopeScaling = new Llama3RopeScaling(8, 1, 4, 4096), RopeTheta = Math.Pow(1024 / Math.PI, 3) };

        double[] frequencies = RotaryFrequencies.Of(config);

        double[] plain = [1, Math.PI / 1024, Math.PI / 1024 * Math.PI / 1024];
        TestModels.AssertClose([plain[0], plain[1] * ((1.0 / 3) + (2.0 / 3 / 8)), plain[2] / 8], frequencies, 1e-15);
    }
}
