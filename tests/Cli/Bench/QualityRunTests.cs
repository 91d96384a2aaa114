using Reflux.Cli.Bench.Quality;
using Reflux.Distillation.Compute;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests.Bench;

public sealed class QualityRunTests
{
    [Fact]
    [Trait("Speed", "slow")]
    public async Task AllKindsOfLabelsTrainTheirStudentsOnTheSameAnswers()
    {
        using var directory = new TemporaryDirectory();
        using var compute = new ComputeThread(new ComputeOptions { Threads = 1 });
        // as many ids as there are: top-k labels are then the whole distribution, with a tail or without
        var task = new QualityTask { Seeds = 2, Steps = 12, Measurements = 2, TeacherSteps = 12, SequencesPerStep = 16, HoldoutSequences = 32, VocabularySize = 400, TopK = 400 };
        var plot = Path.Combine(directory.Path, "plots", "labels.html");
        var progress = new StringWriter();

        var quality = await new QualityBench(compute, task, plot, progress).RunAsync(CancellationToken.None);

        Assert.True(File.Exists(plot));
        Assert.Equal(quality.DenseCe, quality.TopkCe, 2e-3);
        Assert.Equal(quality.DenseCe, quality.TopkNoTailCe, 2e-3);
        Assert.NotEqual(quality.DenseCe, quality.SampledCe, 1e-9);
        Assert.True(quality.Budgets[1].CrossEntropy[QualityRun.Dense] < quality.Budgets[0].CrossEntropy[QualityRun.Dense]);
        Assert.Contains("unique ids", progress.ToString(), StringComparison.Ordinal);
    }
}
