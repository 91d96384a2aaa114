using System.CommandLine;
using System.CommandLine.Parsing;

namespace Reflux.Cli.Output;

/// <summary>What is wrong with a command line, in words: the parser's own name types of .NET, and not the argument that is missing.</summary>
internal static class UsageMessage
{
    private static readonly (string Type, string Words)[] Types =
    [
        ("expected type 'System.Int32'", "a whole number"),
        ("expected type 'System.Int64'", "a whole number"),
        ("expected type 'System.UInt64'", "a whole number from 0 on"),
        ("expected type 'System.Double'", "a number"),
        ("expected type 'System.Boolean'", "true or false"),
    ];

    public static string Of(ParseError error, ParseResult parsed)
    {
        if (error.Message.StartsWith("Required argument missing", StringComparison.Ordinal) && Missing(parsed) is { } missing)
        {
            return $"<{missing.Name}> is missing{(missing.Description is { Length: > 0 } description ? $": {description}" : ".")}";
        }

        return Types.Aggregate(error.Message, (message, type) => message.Replace(type.Type, type.Words, StringComparison.Ordinal));
    }

    private static Argument? Missing(ParseResult parsed) => parsed.CommandResult.Command.Arguments.FirstOrDefault(
        argument => (parsed.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MinimumNumberOfValues);
}
