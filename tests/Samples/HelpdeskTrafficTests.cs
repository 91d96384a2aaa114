using Reflux.Samples.Helpdesk;
using Reflux.Samples.Helpdesk.Lines;

namespace Reflux.Samples.Tests;

public sealed class HelpdeskTrafficTests
{
    [Fact]
    public void MessagesAndKeysAreUniqueAcrossTheShift()
    {
        var traffic = new HelpdeskTraffic(1);
        var prompts = Enumerable.Range(0, 4_000).Select(i => traffic.Next(i < 2_000 ? ProductLine.Kitchen : ProductLine.Network)).ToArray();
        Assert.Equal(prompts.Length, prompts.Select(prompt => prompt.Text).Distinct().Count());
        Assert.Equal(prompts.Length, prompts.Select(prompt => prompt.Key).Distinct().Count());
        Assert.Equal(prompts.Length, traffic.Count);
        Assert.All(prompts, prompt => Assert.InRange(prompt.Key.Length, 1, 200));
    }

    [Fact]
    public void TheSameSeedSendsTheSamePrompts()
    {
        var first = new HelpdeskTraffic(9);
        var second = new HelpdeskTraffic(9);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(first.Next(ProductLine.Network), second.Next(ProductLine.Network));
        }
    }

    [Fact]
    public void AnotherSeedHasOtherKeysAndOtherMessages()
    {
        var first = new HelpdeskTraffic(1).Next(ProductLine.Kitchen);
        var second = new HelpdeskTraffic(2).Next(ProductLine.Kitchen);
        Assert.NotEqual(first.Key, second.Key);
        Assert.NotEqual(first.Text, second.Text);
    }
}
