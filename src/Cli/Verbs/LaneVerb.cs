using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Contracts.Definitions;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux lane`: streams of traffic.</summary>
internal static class LaneVerb
{
    public static Command Create()
    {
        var create = CreateLane();
        return DefinitionVerbs.With(new Command("lane", """
            Streams of traffic: create, list, show, delete.

            Examples:
              reflux lane create support --holdout 0.1
              reflux lane list --json
            """), DefinitionKind.Lane, create);
    }

    private static Command CreateLane()
    {
        var name = new Argument<string>("name") { Description = "Lower-case letters, digits and hyphens." };
        var holdout = new Option<double>("--holdout") { Description = "Share of distinct prompts kept to measure on.", DefaultValueFactory = _ => 0.05 };
        var labels = new Option<string>("--labels") { Description = "Form of the soft labels: sampled or topk.", DefaultValueFactory = _ => LaneLabels.Sampled };
        var draws = new Option<int>("--draws") { Description = "Draws at each labelled position, for sampled labels.", DefaultValueFactory = _ => 50 };
        var top = new Option<int>("--top-k") { Description = "Ids kept at each labelled position, for top-k labels.", DefaultValueFactory = _ => 64 };
        var temperature = new Option<double>("--temperature") { Description = "Temperature of answers and labels.", DefaultValueFactory = _ => 1.0 };
        var answer = new Option<int>("--max-answer-tokens") { Description = "Longest answer.", DefaultValueFactory = _ => 256 };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("create", "Create a lane.") { name, holdout, labels, draws, top, temperature, answer, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
            DefinitionVerbs.PrintCreated(
                await client.CreateLaneAsync(
                    new LaneSpec
                    {
                        Name = parsed.GetRequiredValue(name),
                        HoldoutFraction = parsed.GetValue(holdout),
                        Labels = parsed.GetRequiredValue(labels),
                        Draws = parsed.GetValue(draws),
                        TopK = parsed.GetValue(top),
                        Temperature = parsed.GetValue(temperature),
                        MaxAnswerTokens = parsed.GetValue(answer),
                    },
                    cancellation),
                parsed.GetValue(json))));
        return command;
    }
}
