using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reflux.Contracts.Errors;

namespace Reflux.Silo.Options;

/// <summary>Options that are checked before anything is started: what the composition root reads is what services get.</summary>
internal static class ValidatedOptions
{
    private const string Remedy = "Correct it in appsettings.json, in the REFLUX__… environment or among the flags (--set Section:Key=value), and start again.";

    /// <summary>Reads a section, refusing keys that the options do not have.</summary>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>.</exception>
    public static TOptions Read<TOptions>(IConfiguration configuration, string section)
        where TOptions : class, new()
    {
        try
        {
            return configuration.GetSection(section).Get<TOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new TOptions();
        }
        catch (InvalidOperationException error)
        {
            throw new RefluxException(ErrorCodes.OptionOutOfRange, Explain(section, error.Message), Remedy, error);
        }
    }

    /// <summary>The binder speaks of its own options and of our types where a key is unknown; the keys stand at its sentence's end.</summary>
    private static string Explain(string section, string message) =>
        message.Contains(nameof(BinderOptions.ErrorOnUnknownConfiguration), StringComparison.Ordinal) && message.LastIndexOf(": ", StringComparison.Ordinal) is > 0 and var end
            ? $"section {section} has no key {message[(end + 2)..]}"
            : $"section {section}: {message}";

    /// <summary>The options, if they are right.</summary>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>, with every failure.</exception>
    public static TOptions Checked<TOptions>(this TOptions options, IValidateOptions<TOptions> validator)
        where TOptions : class
    {
        var result = validator.Validate(Microsoft.Extensions.Options.Options.DefaultName, options);
        return result.Failed ? throw new RefluxException(ErrorCodes.OptionOutOfRange, string.Join(' ', result.Failures!), Remedy) : options;
    }

    /// <summary>Checks options and makes them available, bare and as <see cref="IOptions{TOptions}"/>.</summary>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>, with every failure.</exception>
    public static TOptions AddValidated<TOptions>(this IServiceCollection services, TOptions options, IValidateOptions<TOptions> validator)
        where TOptions : class
    {
        services.AddSingleton(options.Checked(validator));
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));
        return options;
    }
}
