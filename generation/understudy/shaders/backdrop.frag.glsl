// The wall behind the subject, in sRGB as asked: the film curve does not touch it.
in vec2 at;
layout(location = 0) out vec4 picture;
layout(location = 1) out uint label;
uniform vec3 wall;   // linear
uniform int style;   // index in looks.BACKDROPS
uniform float phase;
uniform vec2 glow;   // where the light falls
const int PLAIN = 0, GRADIENT = 1, TEXTURED = 2, OFFICE = 3, OUTDOORS = 4;

vec3 pick(float i, float k) { return vec3(hash(vec3(i, k, 1.)), hash(vec3(i, k, 5.)), hash(vec3(i, k, 9.))); }

vec3 blurred_places(vec3 base) {
    vec3 c = base;
    for (int i = 0; i < 14; i++) {
        float f = float(i) + phase * 17.;
        vec3 where = pick(f, 2.), how = pick(f, 7.);
        vec2 q = where.xy * 2.6 - 1.3;
        float size = .12 + .3 * where.z, blur = .1 + .08 * how.z, m;
        vec3 tone;
        if (style == OFFICE) {
            vec2 a = abs(at - q) / vec2(size * .6, size * 2.2);
            m = smoothstep(1. + blur * 3., 1. - blur * 3., max(a.x, a.y));
            tone = base * (.55 + .95 * how.y);
        } else {
            m = smoothstep(size * .5 + blur, size * .5 - blur * .3, length(at - q));
            tone = mix(base, vec3(.25, .4, .12) * (.4 + how.z), .5 * how.x) * (.65 + .8 * how.y);
        }
        c = mix(c, tone, m * .5);
    }
    if (style == OFFICE) {  // a bright window edge and a darker floor line
        float x = pick(phase, 3.).x * 2. - 1.;
        c *= 1. + .25 * smoothstep(.35, .25, abs(at.x - x)) - .25 * smoothstep(-.55, -.7, at.y);
    }
    return c;
}
void main() {
    vec3 c = wall;
    float r = length((at - glow) * vec2(1., .9));
    if (style == GRADIENT) c *= .62 + .62 * exp(-r * r * .75);
    else if (style == TEXTURED) {
        float cloud = fbm(vec3(at * 1.6, phase)) - .47;
        c *= 1. + .75 * cloud + .10 * (noise(vec3(at * 60., phase)) - .5);
    } else if (style >= OFFICE) c = blurred_places(wall);
    picture = vec4(encoded(c), 1);
    label = 0u;
}
