using TorchSharp;

namespace Reflux.Standins.TorchSharp.Tests;

/// <summary>Comparisons of tensors with numbers worked out by hand or in float64.</summary>
internal static class Values
{
    /// <summary>Row-major elements of the tensor equal the expected ones within an absolute tolerance.</summary>
    public static void Equal(ReadOnlySpan<double> expected, Tensor actual, double tolerance = 1e-6)
    {
        double[] values = Of(actual);
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            bool same = values[i].Equals(expected[i]) || Math.Abs(values[i] - expected[i]) <= tolerance;
            Assert.True(same, $"element {i}: expected {expected[i]:R}, got {values[i]:R}");
        }
    }

    public static double[] Of(Tensor tensor)
    {
        using Tensor wide = tensor.detach();
        using Tensor converted = wide.to(float64);
        return converted.data<double>().ToArray();
    }

    public static Tensor Doubles(params double[] values) => tensor(values);

    public static Tensor Matrix(double[,] values, ScalarType? dtype = null) => tensor(values, dtype);
}
