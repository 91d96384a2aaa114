using Reflux.Distillation.Labels;

namespace Reflux.Distillation.Tests.Labels;

public class HoldoutRuleTests
{
    private static readonly Guid Lane = new("01890a5d-ac96-774b-bcce-b302099a8057");
    private static readonly Guid OtherLane = new("01890a5d-ac96-774b-bcce-b302099a8058");

    [Fact]
    public void KeepsAboutTheFractionOfDistinctPrompts()
    {
        const int prompts = 20_000;
        var kept = Prompts(prompts).Count(prompt => HoldoutRule.Contains(Lane, prompt, 0.05));
        Assert.InRange(kept, (0.05 * prompts) - (4 * Math.Sqrt(0.05 * 0.95 * prompts)), (0.05 * prompts) + (4 * Math.Sqrt(0.05 * 0.95 * prompts)));
    }

    [Fact]
    public void TheSamePromptAlwaysFallsOnTheSameSide() =>
        Assert.All(Prompts(500), prompt => Assert.Equal(HoldoutRule.Contains(Lane, prompt, 0.5), HoldoutRule.Contains(Lane, prompt.ToArray(), 0.5)));

    [Fact]
    public void ALargerFractionKeepsWhatASmallerKept() =>
        Assert.All(Prompts(2000), prompt => Assert.True(!HoldoutRule.Contains(Lane, prompt, 0.1) || HoldoutRule.Contains(Lane, prompt, 0.2)));

    [Fact]
    public void LanesKeepDifferentPrompts()
    {
        var differ = Prompts(2000).Count(prompt => HoldoutRule.Contains(Lane, prompt, 0.5) != HoldoutRule.Contains(OtherLane, prompt, 0.5));
        Assert.InRange(differ, 900, 1100);
    }

    [Fact]
    public void NoneAndAllAreExact() =>
        Assert.All(Prompts(500), prompt => Assert.True(!HoldoutRule.Contains(Lane, prompt, 0) && HoldoutRule.Contains(Lane, prompt, 1)));

    [Fact]
    public void AnyTokenMatters()
    {
        int[] prompt = [1, 2, 3, 4, 5, 6, 7, 8];
        var sides = Enumerable.Range(0, 64).Select(value =>
        {
            var changed = prompt.ToArray();
            changed[value % 8] += 1 + value;
            return HoldoutRule.Contains(Lane, changed, 0.5);
        });
        Assert.Equal(2, sides.Distinct().Count());
    }

    private static IEnumerable<int[]> Prompts(int count) => Enumerable.Range(0, count).Select(i => new[] { 1, i % 97, i, 3 });
}
