using PhoneNumbers;

namespace Yinxin.Identity.Server.Data;

/// <summary>One spelling of a phone number (E.164), however it was typed: stored, indexed and looked up as that.</summary>
internal static class MobilePhones
{
    private const string HomeRegion = "CN";

    /// <summary>E.164, e.g. <c>+8613800000001</c>; null for what is no possible number.</summary>
    public static string? Normalise(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed) || typed.Length > 30)
        {
            return null;
        }

        try
        {
            var util = PhoneNumberUtil.GetInstance();
            var number = util.Parse(typed, HomeRegion);
            return util.IsPossibleNumber(number) ? util.Format(number, PhoneNumberFormat.E164) : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }
}
