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
        using RotaryTable table = new(positions: 3, headDim: 4, theta: 100, scale: 1, ScalarType.Float64, CPU);

        Tensor turned = table.At(tensor((long[])[0, 2])).Rotate(tensor((double[])[1, 2, 3, 4, 1, 2, 3, 4], [2, 1, 4]));

        TestModels.AssertClose([1, 2, 3, 4, -3.144039117, 1.165455832, -0.339143083, 4.317604973], TestModels.Values(turned), 1e-8);
    }

    [Fact]
    public void The_scale_multiplies_everything()
    {
        using var scope = NewDisposeScope();
        using RotaryTable table = new(positions: 1, headDim: 2, theta: 100, scale: 0.5, ScalarType.Float64, CPU);

        TestModels.AssertClose([3, 4], TestModels.Values(table.At(tensor((long[])[0])).Rotate(tensor((double[])[6, 8], [1, 1, 2]))), 0);
    }
}
