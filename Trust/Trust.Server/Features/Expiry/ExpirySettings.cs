using System.ComponentModel.DataAnnotations;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>The watch over certificates that end soon. Section <c>ExpiryWatch</c>.</summary>
internal sealed class ExpirySettings
{
    public const string Section = "ExpiryWatch";

    private const int LeastSecret = 32;
    private const int MostThresholds = 20;
    private const int LongestThreshold = 3650;
    private static readonly int[] Usual = [90, 30, 14, 7, 1];

    /// <summary>So many days before the end a notice is made; 90, 30, 14, 7 and 1 when missing.</summary>
    [Thresholds]
    public int[]? Thresholds { get; set; }

    /// <summary>Time between two looks.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Where notices are posted, signed; null for nowhere. HTTPS unless it is this machine.</summary>
    [Receiver]
    public Uri? Address { get; set; }

    /// <summary>Base64 of at least 32 bytes that the receiver knows; from a secret store.</summary>
    [SharedSecret]
    public string? Secret { get; set; }

    /// <summary>By which the receiver finds the secret.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,60}")]
    public string KeyId { get; set; } = "expiry-watch";

    /// <summary>How long the receiver is waited for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After this a message that nobody took is given up; its notices stay in the list.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan GiveUp { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The thresholds, the longest first.</summary>
    public IReadOnlyList<int> Days => [.. (Thresholds ?? Usual).OrderDescending()];

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class ThresholdsAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is not int[] days || (days.Length is > 0 and <= MostThresholds && days.Distinct().Count() == days.Length && days.All(d => d is > 0 and <= LongestThreshold))
                ? ValidationResult.Success : new ValidationResult($"1 to {MostThresholds} different numbers of days, each 1 to {LongestThreshold}, are expected.");
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class ReceiverAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is not Uri address || (address.IsAbsoluteUri && address.UserInfo.Length == 0 && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
                ? ValidationResult.Success : new ValidationResult("must be an HTTPS address, or HTTP on this machine.");
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class SharedSecretAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
        {
            var secret = value as string;
            var isGood = secret is not null && Convert.TryFromBase64String(secret, new byte[secret.Length], out var length) && length >= LeastSecret;
            return isGood || (secret is null && ((ExpirySettings)validationContext.ObjectInstance).Address is null)
                ? ValidationResult.Success : new ValidationResult($"must be base64 of at least {LeastSecret} bytes where an address is set.");
        }
    }
}
