using Reflux.Cli.Verbs;
using Reflux.Contracts.Definitions;

namespace Reflux.Cli.Tests;

[Collection("console")]
public sealed class StudentForkVerbTests
{
    private static readonly StudentSpec Original = new() { Name = "small", Lane = "support", Base = new BaseModelSpec() };

    [Theory]
    [InlineData("student fork small tiny --from 12x", "--from: '12x' is neither start nor an offset nor a position")]
    [InlineData("student fork small --from start", "<new> is missing: Name of the new student.")]
    [InlineData("chaos --seed -1", "for option '--seed' as a whole number from 0 on")]
    public async Task A_wrong_command_line_is_explained_before_anything_is_asked(string line, string expected)
    {
        var (code, _, errors) = await CommandLine.RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spec_for_another_lane_is_refused_since_a_fork_reads_the_same_log()
    {
        var refusal = Assert.Throws<UsageException>(() => StudentForkVerb.RequireLane("sales", Original));

        Assert.Contains("'sales'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'support'", refusal.Message, StringComparison.Ordinal);
        StudentForkVerb.RequireLane("support", Original);
    }
}
