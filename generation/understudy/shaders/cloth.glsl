// What an outfit looks like where P lies on it: albedo, fold strength, and where there is no cloth (discard).
uniform int outfit;  // index in looks.OUTFITS
uniform vec3 cloth, shirt, tie;
uniform float opening;  // height at which the neckline's V ends
uniform float weave;    // a phase, so that no two garments fold alike

const int TSHIRT = 0, BLAZER = 1, SUIT = 2, SHIRT = 3, SWEATER = 4, TURTLENECK = 5, BLOUSE = 6;

struct Cloth { vec3 albedo, normal; float fold, dark; };

void jacket(inout Cloth c, vec3 p, float side, float v, float up) {
    float lapel = v + 2.7 * smoothstep(opening, opening + 4., p.y) * smoothstep(-9.3, -13.5, p.y) + .4;
    float slant = sign(p.x);
    if (up > 0. && side < v) {
        c.albedo = shirt * (1. - .10 * smoothstep(.12, 0., abs(side - .9)));
        c.dark = .7 + .3 * smoothstep(0., 1.5, v - side);
        float width = .95 + .055 * (-10. - p.y);
        if (outfit == SUIT && side < width && p.y < -9.) {
            c.albedo = tie * (1. + .22 * step(.5, fract((p.x + p.y) * .5)));
            c.dark *= .72 + .28 * smoothstep(0., .45, width - side);
            c.normal = normalize(c.normal + vec3(.5 * p.x / width, 0, 0));
        } else if (outfit == BLAZER) {
            float button = length(vec2(p.x, mod(p.y + 12., 3.4) - 1.7));
            c.albedo *= mix(.6, 1., smoothstep(.2, .3, button));
        }
        c.fold *= .3;
    } else if (up > -.2 && side < lapel) {
        c.albedo *= 1.08 - .5 * smoothstep(.35, 0., lapel - side) + .10 * smoothstep(.25, .5, side - v);
        c.dark = mix(.75, 1., smoothstep(0., .3, side - v));
        c.normal = normalize(c.normal + vec3(slant * .2, .06, 0));
        float notch = abs(p.y + 13.4 + (side - 4.) * .25);
        c.albedo *= 1. - .6 * smoothstep(.24, .05, notch) * step(v + 1.1, side);
    } else if (up <= 0.) {
        c.albedo *= 1. - .5 * smoothstep(.2, 0., side);
        float button = length(vec2(side - .7, p.y - opening + 1.2));
        c.albedo *= mix(.4, 1., smoothstep(.35, .45, button));
    }
    float shade = smoothstep(lapel + .7, lapel, side) * step(lapel, side) * step(0., up);
    c.albedo *= 1. - .22 * shade;
}
Cloth dressed(vec3 p, vec3 normal) {
    Cloth c = Cloth(cloth, normal, fbm(p * vec3(.35, .18, .35) + weave) - .47, 1.);
    float side = abs(p.x), up = p.y - opening, v = max(0., up * .42);
    bool front = p.z > -2.;
    if (outfit == TSHIRT) {
        float collar = abs(p.y + 9.9 + .11 * (p.z + 2.));
        c.albedo *= 1. - .3 * smoothstep(.22, .05, abs(collar - .8)) - .08 * step(collar, .8);
    } else if (outfit == BLAZER || outfit == SUIT) {
        if (front) jacket(c, p, side, v, up);
    } else if (outfit == SHIRT) {
        if (front && up > 0. && side < v * .8) discard;
        if (front) {
            c.albedo *= 1. - .3 * smoothstep(.16, 0., abs(side - 1.1));
            float button = length(vec2(p.x, mod(p.y + 13., 4.) - 2.));
            c.albedo *= mix(.5, 1., smoothstep(.22, .32, button));
        }
    } else if (outfit == SWEATER) {
        if (front && up > 0. && side < v) discard;
        float band = smoothstep(1.1, .9, side - v) * step(0., up + 1.1) * (front ? 1. : 0.);
        c.albedo *= 1. - .18 * band - .3 * smoothstep(.2, 0., abs(side - v - 1.)) * step(0., up + 1.1);
        c.albedo *= .95 + .05 * sin(p.x * 9.) * sin(p.y * 5.);
    } else if (outfit == TURTLENECK) {
        c.albedo *= .95 + .07 * sin(atan(p.x, p.z + 2.) * 90.);
        c.albedo *= 1. - .35 * smoothstep(.4, .1, abs(p.y + 8.6 + .1 * p.z));
    } else if (outfit == BLOUSE) {
        float neck = length(vec2(p.x * .75, p.y + 8.));
        if (neck < 7.2 && p.z > -3.) discard;
        c.albedo *= 1. - .25 * smoothstep(.7, .1, neck - 7.2);
        c.fold *= 1.6;
    }
    vec3 drape = vec3(fbm(p * .33 + 3. + weave) - .47, fbm(p * .33 + 9. + weave) - .47, 0.);
    c.normal = normalize(c.normal + .9 * drape + .1 * (vec3(noise(p * 14.), noise(p * 14. + 5.), .5) - .5));
    c.albedo *= 1. + .4 * c.fold;
    return c;
}
