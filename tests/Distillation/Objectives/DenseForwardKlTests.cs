using Reflux.Distillation.Objectives;
using Reflux.Distillation.Tests.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

public class DenseForwardKlTests
{
    public static TheoryData<ScalarType, double> Precisions => new() { { ScalarType.Float64, 1e-12 }, { ScalarType.Float32, 1e-6 } };

    [Theory]
    [MemberData(nameof(Precisions))]
    public void MatchesTheGoldenLossAndGradient(ScalarType dtype, double tolerance)
    {
        var (loss, gradient) = Loss(GoldenValues.Teacher, GoldenValues.Student, dtype, 0, 1);

        Assert.Equal(GoldenValues.Value("forward_kl"), loss, tolerance);
        AssertClose(GoldenValues.Values("grad_forward_kl"), gradient, tolerance);
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void TemperatureComesWithItsSquare(ScalarType dtype, double tolerance)
    {
        Assert.Equal(GoldenValues.Value("forward_kl_T2_times_T2"), Loss(GoldenValues.Teacher, GoldenValues.Student, dtype, 0, 2).Loss, tolerance);
        Assert.Equal(GoldenValues.Value("forward_kl_T4_times_T2"), Loss(GoldenValues.Teacher, GoldenValues.Student, dtype, 0, 4).Loss, tolerance);
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void CrossEntropyIsTakenAtTemperatureOne(ScalarType dtype, double tolerance)
    {
        const double weight = 0.3;
        const int token = 3;
        var student = GoldenValues.Student;
        var teacher2 = GoldenValues.Probabilities(GoldenValues.Teacher, 2);
        var student2 = GoldenValues.Probabilities(student, 2);
        var student1 = GoldenValues.Probabilities(student);

        var (loss, gradient) = Loss(GoldenValues.Teacher, student, dtype, weight, 2, token);

        Assert.Equal((0.7 * GoldenValues.Value("forward_kl_T2_times_T2")) - (weight * Math.Log(student1[token])), loss, tolerance);
        // d(T²·KL_T)/dz = T·(q_T − p_T), d CE/dz = q − e_token
        AssertClose(
            [.. student.Select((_, i) => (0.7 * 2 * (student2[i] - teacher2[i])) + (weight * (student1[i] - (i == token ? 1 : 0))))], gradient, tolerance);
    }

    [Fact]
    public void EqualDistributionsGiveZero()
    {
        var (loss, gradient) = Loss(GoldenValues.Student, [.. GoldenValues.Student.Select(logit => logit + 5)], ScalarType.Float64, 0, 1);

        Assert.Equal(0, loss, 1e-14);
        AssertClose(new double[8], gradient, 1e-14);
    }

    [Fact]
    public void PaddingOfTheVocabularyCarriesNothing()
    {
        double[] padding = [double.NegativeInfinity, double.NegativeInfinity];
        var (loss, gradient) = Loss([.. GoldenValues.Teacher, .. padding], [.. GoldenValues.Student, .. padding], ScalarType.Float64, 0, 1);

        Assert.Equal(GoldenValues.Value("forward_kl"), loss, 1e-12);
        AssertClose([.. GoldenValues.Values("grad_forward_kl"), 0, 0], gradient, 1e-12);
    }

    private static (double Loss, double[] Gradient) Loss(
        double[] teacher, double[] student, ScalarType dtype, double crossEntropyWeight, double temperature, long token = 0)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(student, [1, student.Length], dtype: dtype).requires_grad_(true);
        var loss = ForwardKl.Dense(logits, tensor(teacher, [1, teacher.Length], dtype: dtype), tensor(new[] { token }), crossEntropyWeight, temperature, 1);
        loss.backward();
        return (loss.to_type(ScalarType.Float64).item<double>(), logits.grad!.to_type(ScalarType.Float64).data<double>().ToArray());
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
