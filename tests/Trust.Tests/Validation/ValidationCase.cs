using Xunit;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;
using static Yinxin.Trust.Tests.Validation.ValidationPki;

namespace Yinxin.Trust.Tests.Validation;

/// <summary>What the validation suites share: a hierarchy of one suite, a time, and words for what was found.</summary>
public abstract class ValidationCase(SignatureSuite suite) : IDisposable
{
    protected static DateTimeOffset Now { get; } = Day(2026, 6, 1);

    protected SignatureSuite Suite { get; } = suite;

    private protected ValidationPki Pki { get; } = new(suite);

    public void Dispose()
    {
        Pki.Dispose();
        GC.SuppressFinalize(this);
    }

    protected ValidationPolicy Ending(string day)
    {
        var hash = Suite == SignatureSuite.Sm ? "SM3" : "SHA-256";
        return ValidationPolicy.Platform with { Algorithms = [new AlgorithmLimit { Hash = hash, Until = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), Source = "test" }] };
    }

    protected static ValidationPolicy Policy(string members) =>
        ValidationPolicy.Parse(System.Text.Encoding.UTF8.GetBytes("{ \"name\": \"test\", \"version\": \"1\"," + members.TrimStart()[1..]));

    protected static void Passed(ValidationResult result) => Assert.True(result.Conclusion.IsPassed, Told(result));

    protected static void Reason(SubIndication expected, ValidationResult result, Indication indication = Indication.Indeterminate)
    {
        Assert.True(result.Conclusion.SubIndication == expected, Told(result));
        Assert.Equal(indication, result.Conclusion.Indication);
    }

    private static string Told(ValidationResult result) => string.Join('\n', result.Blocks.Select(b =>
        $"{b.Block} {b.Subject[..Math.Min(30, b.Subject.Length)]}: {b.Conclusion.Indication} {b.Conclusion.SubIndication} {b.Conclusion.Detail}").Prepend($"{result.Conclusion}"));
}
